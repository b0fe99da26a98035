import ObjectStores
import Testing

/// The requests and signatures that Amazon's description of the algorithm works through.
@Suite struct SignatureV4Tests {
    private static let credentials = AWSCredentials(
        accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    private let signature = SignatureV4(Self.credentials, region: "us-east-1")
    private let time = SigningTime(1_369_353_600)
    private let host = (name: "Host", value: "examplebucket.s3.amazonaws.com")

    private func authorization(_ request: SignatureV4.Request) -> String? {
        signature.headers(for: request, at: time).first { $0.name == "Authorization" }?.value
    }

    @Test func aGetOfAPart() {
        let request = SignatureV4.Request(
            method: "GET", path: "/test.txt", headers: [host, ("Range", "bytes=0-9")], payload: SignatureV4.emptyPayload)
        #expect(
            authorization(request)
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func aPutWithOddCharacters() {
        let request = SignatureV4.Request(
            method: "PUT", path: URIEncoding.encodePath("/test$file.text"),
            headers: [host, ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
            payload: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
        #expect(authorization(request)?.hasSuffix("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd") == true)
    }

    @Test(arguments: [
        ([("lifecycle", "")], "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ([("prefix", "J"), ("max-keys", "2")], "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ])
    func aQuery(_ query: [(String, String)], _ expected: String) {
        let request = SignatureV4.Request(
            method: "GET", path: "/", query: query.map { (name: $0.0, value: $0.1) }, headers: [host],
            payload: SignatureV4.emptyPayload)
        #expect(authorization(request)?.hasSuffix(expected) == true)
    }

    @Test func anAddressThatServesForADay() {
        let request = SignatureV4.Request(method: "GET", path: "/test.txt", headers: [host], payload: "")
        let query = signature.presignedQuery(for: request, at: time, lifetime: 86400)
        #expect(query.hasSuffix("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"))
    }

    @Test func aTokenIsSigned() {
        var lent = Self.credentials
        lent.sessionToken = "token"
        let request = SignatureV4.Request(method: "GET", path: "/", headers: [host], payload: SignatureV4.emptyPayload)
        let headers = SignatureV4(lent, region: "us-east-1").headers(for: request, at: time)
        #expect(headers.contains { $0.name == "X-Amz-Security-Token" && $0.value == "token" })
        #expect(headers.last?.value.contains("x-amz-date;x-amz-security-token") == true)
    }

    @Test func keysAreNotTold() {
        var lent = Self.credentials
        lent.sessionToken = "token"
        var shown = ""
        dump(lent, to: &shown)
        for text in ["\(lent)", String(reflecting: lent), shown, "\([lent])"] {
            #expect(!text.contains("wJalr") && !text.contains("token") && !text.contains("AKIA"))
        }
    }

    @Test(arguments: [
        (0, "19700101T000000Z"), (1_369_353_600, "20130524T000000Z"), (951_782_399, "20000228T235959Z"),
        (951_782_400, "20000229T000000Z"), (4_107_542_400, "21000301T000000Z"), (-1, "19691231T235959Z"),
        (1_735_689_599, "20241231T235959Z"),
    ])
    func times(_ seconds: Int64, _ text: String) {
        #expect(SigningTime(seconds).text == text)
    }

    @Test(arguments: [
        ("2013-05-24T00:00:00Z", 1_369_353_600), ("2013-05-24T00:00:00.123Z", 1_369_353_600), ("2000-02-29T12:34:56Z", 951_827_696),
        ("1970-01-01T00:00:00Z", 0), ("2013-05-24T00:00:00+00:00", 1_369_353_600),
    ])
    func timesOfServices(_ text: String, _ seconds: Int64) {
        #expect(SigningTime(iso: text)?.seconds == seconds)
    }

    @Test(arguments: ["", "yesterday", "2013-05-24", "2013-13-24T00:00:00Z", "2013-05-24T00:00:00+02:00"])
    func noTimes(_ text: String) {
        #expect(SigningTime(iso: text) == nil)
    }

    @Test(arguments: [
        ("a b/c+d", "a%20b/c%2Bd"), ("über/~x-._", "%C3%BCber/~x-._"), ("%41", "%2541"), ("a//b", "a//b"), ("#?&=", "%23%3F%26%3D"),
    ])
    func encoding(_ text: String, _ encoded: String) {
        #expect(URIEncoding.encodePath(text) == encoded)
        #expect(URIEncoding.decode(encoded) == text)
    }
}
