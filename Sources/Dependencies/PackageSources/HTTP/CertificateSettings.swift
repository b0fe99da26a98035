import NIOSSL
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Turns configured certificates into settings for protected connections.
enum CertificateSettings {
    /// - Throws: `.configuration` for a file that holds no certificates.
    static func make(
        _ configuration: IndexConfiguration, isTrusted: Bool
    ) throws(PackageSourceError) -> TLSConfiguration {
        var settings = TLSConfiguration.makeClientConfiguration()
        if isTrusted {
            settings.certificateVerification = .none
        } else {
            try setAuthorities(configuration, &settings)
        }
        if let file = configuration.clientCertificate { try show(file, &settings) }
        return settings
    }

    private static func setAuthorities(
        _ configuration: IndexConfiguration, _ settings: inout TLSConfiguration
    ) throws(PackageSourceError) {
        let file = configuration.certificateFile
        var folder = configuration.certificateFolder
        // The usual bundle lies in the usual folder and holds all that is in it.
        if let file, let other = folder, FilePath(file).removingLastComponent() == FilePath(other) { folder = nil }
        switch (file, folder) {
        case (nil, nil): break
        case (let file?, nil): settings.trustRoots = .file(file)
        case (let file, let folder?):
            if isIndexed(folder) {
                settings.trustRoots = .file(folder)
                if let file { settings.additionalTrustRoots = [.certificates(try certificates(in: file))] }
            } else {
                var all = try certificates(below: folder)
                if let file { all += try certificates(in: file) }
                settings.trustRoots = .certificates(all)
            }
        }
    }

    private static func certificates(in file: String) throws(PackageSourceError) -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMFile(file)
        } catch {
            throw .configuration(file: file, line: nil, problem: "it holds no certificates in PEM form")
        }
    }

    private static func certificates(below folder: String) throws(PackageSourceError) -> [NIOSSLCertificate] {
        var found: [NIOSSLCertificate] = []
        for name in names(in: folder) {
            let lower = name.lowercased()
            guard lower.hasSuffix(".pem") || lower.hasSuffix(".crt") || lower.hasSuffix(".cer") else { continue }
            found += (try? NIOSSLCertificate.fromPEMFile("\(folder)/\(name)")) ?? []
        }
        guard !found.isEmpty else {
            throw .configuration(file: folder, line: nil, problem: "there are no certificates in this folder (*.pem, *.crt, *.cer)")
        }
        return found
    }

    /// Whether the folder has names by hash (`0a1b2c3d.0`), by which single certificates are found when they are needed.
    private static func isIndexed(_ folder: String) -> Bool {
        names(in: folder).contains { name in
            let parts = name.split(separator: ".")
            return parts.count == 2 && parts[0].utf8.count == 8 && parts[0].allSatisfy(\.isHexDigit) && Int(parts[1]) != nil
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names.sorted()
    }

    /// A PEM file with a certificate (and those above it) and its key.
    private static func show(_ file: String, _ settings: inout TLSConfiguration) throws(PackageSourceError) {
        do {
            settings.certificateChain = try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) }
            settings.privateKey = .privateKey(try NIOSSLPrivateKey(file: file, format: .pem))
        } catch {
            throw .configuration(
                file: file, line: nil,
                problem: "a client certificate is a PEM file with the certificate and its key, without a passphrase")
        }
    }
}
