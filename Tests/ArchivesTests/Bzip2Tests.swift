import Archives
import FoundationEssentials
import Testing

/// bzip2, as it comes.
@Suite struct Bzip2Tests {
    private static func data(_ text: String) -> [UInt8] { Data(base64Encoded: text).map(Array.init) ?? [] }

    private static let hello = data("QlpoOTFBWSZTWXZp4NQAAAERAEAAAkSgADDNAMNGKZcXckU4UJB2aeDU")
    private static let world = data("QlpoOTFBWSZTWVnOe8sAAAIBgAQEkIAgADDNAMGkwHF3JFOFCQWc57yw")
    /// Two million zeros.
    private static let zeros = data("QlpoOTFBWSZTWYK4WkIAD1HgAMAAAACACCAAMMwJqmmKkhtVKSHi7kinChIQVwtIQA==")

    private func decoded(_ bytes: [UInt8], step: Int = .max, limit: Int = .max) throws(ArchiveFault) -> [UInt8] {
        var decoder = try Bzip2Decoder(limit: limit)
        var plain: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(step))
            rest = rest.dropFirst(part.count)
            let outcome: Result<Void, ArchiveFault> = part.withUnsafeBytes { part in
                do throws(ArchiveFault) { return .success(try decoder.decode(part) { plain.append(contentsOf: $0) }) } catch { return .failure(error) }
            }
            try outcome.get()
        }
        try decoder.finish()
        return plain
    }

    @Test(arguments: [1, 7, .max]) func streamsFollowOneAnother(step: Int) throws {
        #expect(String(decoding: try decoded(Self.hello + Self.world, step: step), as: UTF8.self) == "hello world")
        #expect(try decoded(Self.zeros, step: step) == [UInt8](repeating: 0, count: 2_000_000))
        #expect(String(decoding: try decoded(Self.hello + [0, 0, 0], step: step), as: UTF8.self) == "hello ")
    }

    @Test func whatIsCutOffIsSaid() {
        #expect(throws: ArchiveFault.truncated) { try decoded(Array(Self.hello.dropLast())) }
        #expect(throws: ArchiveFault.truncated) { try decoded(Self.hello + Self.world.prefix(9)) }
        #expect(throws: ArchiveFault.truncated) { try decoded([]) }
    }

    @Test func whatIsDamagedIsSaid() {
        var damaged = Self.hello
        damaged[11] ^= 0x55  // in the checksum of the block
        #expect(throws: ArchiveFault.corruptData) { try decoded(damaged) }
        #expect(throws: ArchiveFault.corruptData) { try decoded(Array("no bzip2 at all".utf8)) }
    }

    @Test func aLimitHolds() throws {
        #expect(throws: ArchiveFault.overLimit("more than 1999999 bytes when unpacked")) { try decoded(Self.zeros, limit: 1_999_999) }
        #expect(try decoded(Self.zeros, limit: 2_000_000).count == 2_000_000)
    }
}
