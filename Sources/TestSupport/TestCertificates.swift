/// Certificates for servers of tests on this machine: an authority, and a server and a client that it vouches for. Good until
/// 2126, and for `localhost` and `127.0.0.1`.
package enum TestCertificates {
    package static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBiDCCAS+gAwIBAgIUJc1WN66WRBaMyDydq0mzGLuhoLYwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MTM0OTEyWhgPMjEy
        NjExMDIxMzQ5MTJaMBkxFzAVBgNVBAMMDlRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAE9zVUC29Py0LpeQQ8kyW4IgS3Q4G8WhBheHjOsrd6
        tXO0m9WnECpDsvg1ZVYNWiMBfqg/fgjHg9zrs2cJOGyIEqNTMFEwHQYDVR0OBBYE
        FGAzq22D5EzYmNoc4EdjNLu0FpbyMB8GA1UdIwQYMBaAFGAzq22D5EzYmNoc4Edj
        NLu0FpbyMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgTkMEyiW6
        Hp+D4p8642F43EbVzZBNhU7vzxx7WJN4TMwCIEfk6j7k5Yu8/0kPo4CmtiyxtW5w
        5g5R0Ay3UeNcmPoD
        -----END CERTIFICATE-----
        """

    package static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBjzCCATWgAwIBAgIUWAoJ3/J6Lk96xlTTqBnuTCxD+8owCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MTM0OTEyWhgPMjEy
        NjExMDIxMzQ5MTJaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABIXRtO4/qEqXMyFL3K8uwh3J7zfFA1T2HDVNEqbXxvJeAd9T
        EvI45Q50SlXc3GASTR4z+vNVmnFrMSja7hFNDtajXjBcMBoGA1UdEQQTMBGCCWxv
        Y2FsaG9zdIcEfwAAATAdBgNVHQ4EFgQUquSbdEVRQRpIqwEPJpfUmdwbFmwwHwYD
        VR0jBBgwFoAUYDOrbYPkTNiY2hzgR2M0u7QWlvIwCgYIKoZIzj0EAwIDSAAwRQIg
        EyPvCH1L3CxKaKHd0inSfjAugqy5GRWCKi9EmGoot9cCIQCcNWR9NRqacKZEdUsf
        zIu/tT+OinONCVZ6ipLWZdrFRQ==
        -----END CERTIFICATE-----
        """

    package static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgr5uTjAsJH28nqpi1
        64u8eIGbxvQiintGNFa42OHVA32hRANCAASF0bTuP6hKlzMhS9yvLsIdye83xQNU
        9hw1TRKm18byXgHfUxLyOOUOdEpV3NxgEk0eM/rzVZpxazEo2u4RTQ7W
        -----END PRIVATE KEY-----
        """

    package static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBjjCCATWgAwIBAgIUWAoJ3/J6Lk96xlTTqBnuTCxD+8swCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MTM0OTEyWhgPMjEy
        NjExMDIxMzQ5MTJaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABMNhQTLLx3bNQAWLpncpEAI/H4nxaLbFriLrTtLcFZP5P4KH
        x1ijnj0SkM4MUbL/J2OslQ1enefDMcY5WzRJ1s+jXjBcMBoGA1UdEQQTMBGCCWxv
        Y2FsaG9zdIcEfwAAATAdBgNVHQ4EFgQU01k3jk87mHDjC89z31eMF6Li2VYwHwYD
        VR0jBBgwFoAUYDOrbYPkTNiY2hzgR2M0u7QWlvIwCgYIKoZIzj0EAwIDRwAwRAIg
        X0yLLjoAMh3hAHRo4QGdRYfLk3WiWFj1WGU5Wc4Bfp8CIAvESlthtuHcMJC4CG0k
        ArWpgQrCdveBW26Ls+2X4drU
        -----END CERTIFICATE-----
        """

    package static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjDlcTHZPnVMHxWnF
        WsLGpslYjeRjasRIulYaCMjjBhChRANCAATDYUEyy8d2zUAFi6Z3KRACPx+J8Wi2
        xa4i607S3BWT+T+Ch8dYo549EpDODFGy/ydjrJUNXp3nwzHGOVs0SdbP
        -----END PRIVATE KEY-----
        """

    /// The name by which folders of certificates find the authority (`openssl x509 -hash`).
    package static let authorityHash = "f20e0b1e"
}
