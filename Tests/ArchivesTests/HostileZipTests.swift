import Archives
import SystemPackage
import TestSupport
import Testing

private let text = HostileZip.text

/// The corpus of hostile zip archives, through every reader of such archives.
@Suite struct HostileZipTests {
    @Test(arguments: HostileZip.all)
    func isRefused(attack: HostileZip) async throws {
        let folder = try TemporaryFolder()
        let error = await #expect(throws: ArchiveError.self) {
            try await ZipArchive(bytes: attack.bytes, name: "t.zip").extractAll(into: folder.path.appending("out"))
        }
        #expect(error?.fault == attack.fault)
        #expect(folder.names().allSatisfy { $0 == "out" })
        await #expect(throws: ArchiveError.self, "read by ranges") {
            let remote = try await RemoteZip(MemoryRanges(attack.bytes), name: "t.zip")
            for entry in remote.entries { _ = try await remote.contents(of: entry) }
        }
    }

    @Test func cutAnywhere() async throws {
        let whole = ZipBuilder([Entry(name: "a", content: text), Entry(name: "b/c", content: text)]).bytes()
        for length in 0..<whole.count {
            #expect(throws: ArchiveError.self, "cut to \(length)") {
                try ZipArchive(bytes: Array(whole[..<length]), name: "t.zip")
            }
        }
    }

    /// No byte can be changed so that reading crashes or gives other content for the same name.
    @Test func changedAnywhere() throws {
        let whole = ZipBuilder([Entry(name: "a", content: text), Entry(name: "b/c", content: text)]).bytes()
        for position in whole.indices {
            for change: UInt8 in [1, 0x80, 0xff] {
                var bytes = whole
                bytes[position] ^= change
                guard let archive = try? ZipArchive(bytes: bytes, name: "t.zip") else { continue }
                for entry in archive.entries {
                    if let content = try? archive.contents(of: entry) { #expect(content == text, "byte \(position)") }
                }
            }
        }
    }

    @Test func limitsEndBombs() throws {
        let zeros = [UInt8](repeating: 0, count: 1_000_000)
        let bomb = ZipBuilder((0..<20).map { Entry(name: "\($0)", content: zeros) }).bytes()
        #expect(throws: Never.self) { try ZipArchive(bytes: bomb, name: "t.zip") }
        let tighten: [(inout ArchiveLimits) -> Void] = [
            { $0.entries = 19 }, { $0.entrySize = 999_999 }, { $0.totalSize = 19_999_999 }, { $0.expansionFloor = 1 << 20 },
        ]
        for change in tighten {
            var limits = ArchiveLimits()
            change(&limits)
            let error = #expect(throws: ArchiveError.self) { try ZipArchive(bytes: bomb, name: "t.zip", limits: limits) }
            guard case .overLimit = error?.fault else { return #expect(Bool(false), "\(error as Any)") }
        }
    }
}
