import Archives
import FoundationEssentials
import SystemPackage
import TestSupport
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

    @Test func tarArchivesAreUnpacked() throws {
        let folder = try TemporaryFolder()
        let archive = Self.data(
            "QlpoOTFBWSZTWbDGgF8AARTfo8+QUAf/kCYHJQrv/99qIAAgAAIACAgwARtWAkpNEnqbaU2k9RtARgh6mmT1MjBkT9QSppTaZQ0yaAaAAyAAAACUiIaNGjEe"
                + "iAADQaGmhoAZRynfD8ig9WGgEV5XVARCMZF3BoHgFDdaAGrBFKcgKBYBEjKDwXlM2b44/T8i0Xzt6oFbfCoA0BE+ECPOUILDGDYaVAhmBgLAQ3cNe2kALQGQ"
                + "Jnln0ZlMI0lc+Ei2vxNq4ghHghdMiIsEBsbPQoxBsFqWda1b+k/U2JbFA2/e1upy9waKwZ8BVAFr+iRSjKqm2gr6UlnMMGDIhwd5Oxc6E98lCnTEE8lgdIpd"
                + "oNE5EcCcFlwmZXLbR7BhGAzCsmiN9Ugf9xPC6pZYAhBqJngx0KM2N8P3NdBB2F3JFOFCQsMaAXw=")
        let file = try folder.write("a.tar.bz2", archive)
        try TarArchive.unpack(file, into: folder.path.appending("out"), name: "a")
        #expect(folder.names("out") == ["info", "site-packages"] && folder.names("out/info") == ["files", "paths.json"])
        let cut = try folder.write("b.tar.bz2", Array(archive.dropLast(10)))
        #expect(throws: ArchiveError.self) { try TarArchive.unpack(cut, into: folder.path.appending("other"), name: "b") }
    }

    @Test func aLimitHolds() throws {
        #expect(throws: ArchiveFault.overLimit("more than 1999999 bytes when unpacked")) { try decoded(Self.zeros, limit: 1_999_999) }
        #expect(try decoded(Self.zeros, limit: 2_000_000).count == 2_000_000)
    }
}
