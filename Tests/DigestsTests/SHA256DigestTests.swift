import Digests
import Testing

@Suite struct SHA256DigestTests {
    /// FIPS 180-4 examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func knownDigests(text: String, hex: String) {
        let digest = SHA256Digest(hashing: text)
        #expect(digest.hex == hex)
        #expect(SHA256Digest(hex: hex.uppercased()) == digest)
        #expect(SHA256Digest(bytes: digest.bytes) == digest)
    }

    @Test func piecesHashLikeTheWhole() {
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var hasher = SHA256Hasher()
        for start in stride(from: 0, to: content.count, by: 777) {
            hasher.update(content[start..<min(start + 777, content.count)])
        }
        #expect(hasher.finalize() == SHA256Digest(hashing: content))
    }

    @Test func orderFollowsTheText() {
        let digests = (0..<64).map { SHA256Digest(hashing: "\($0)") }
        #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
    }

    @Test(arguments: ["", "ab", String(repeating: "g", count: 64), String(repeating: "é", count: 32)])
    func refusesOtherText(text: String) {
        #expect(SHA256Digest(hex: text) == nil)
    }
}
