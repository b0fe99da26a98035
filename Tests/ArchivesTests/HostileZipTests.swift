import Archives
import SystemPackage
import TestSupport
import Testing

private let text = Array("some text, some text, some text".utf8)

/// What each archive tries, and what has to be found.
@Suite struct HostileZipTests {
    struct Attack: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
        var fault: ArchiveFault

        init(_ what: String, _ fault: ArchiveFault, _ entries: [Entry], _ change: (inout ZipBuilder) -> Void = { _ in }) {
            testDescription = what
            var builder = ZipBuilder(entries)
            change(&builder)
            bytes = builder.bytes()
            self.fault = fault
        }
    }

    static let twoWays = ArchiveFault.malformed("is described in two ways: its header and the directory differ")

    static let attacks: [Attack] = [
        Attack("climbs out", .unsafePath, [Entry(name: "../evil", content: text)]),
        Attack("climbs out later", .unsafePath, [Entry(name: "a/../../evil", content: text)]),
        Attack("absolute", .unsafePath, [Entry(name: "/etc/evil", content: text)]),
        Attack("backslashes", .unsafePath, [Entry(name: "..\\evil", content: text)]),
        Attack("drive", .unsafePath, [Entry(name: "C:evil", content: text)]),
        Attack("no name", .unsafePath, [Entry(name: "", content: text)]),
        Attack("NUL in name", .unsafePath, [Entry(name: "a\0.py", content: text)]),
        Attack("same name", .duplicatePath, [Entry(name: "a", content: text), Entry(name: "a", content: text)]),
        Attack("same place", .duplicatePath, [Entry(name: "a/b", content: text), Entry(name: "a//./b", content: text)]),
        Attack("file then folder", .fileIsAlsoDirectory, [Entry(name: "a"), Entry(name: "a/b", content: text)]),
        Attack("folder then file", .fileIsAlsoDirectory, [Entry(name: "a/b", content: text), Entry(name: "a")]),
        Attack("link", .unsafeLink, [Entry(name: "a", content: Array("/etc".utf8), mode: 0o120777)]),
        Attack("device", .unsupported("is neither a file nor a directory"), [Entry(name: "a", mode: 0o020666)]),
        Attack(
            "folder with content", .malformed("is a directory with content"),
            [Entry(name: "a/", content: text, mode: 0o040755)]),
        Attack("encrypted", .unsupported("is encrypted"), [Entry(name: "a", content: text, flags: 1)]),
        Attack(
            "other method",
            .unsupported("is compressed by method 12; only stored and deflated entries can be read"),
            [Entry(name: "a", content: text, method: 12)]),
        Attack("states less", .wrongSize, [Entry(name: "a", content: text, size: 5)]),
        Attack("states more", .wrongSize, [Entry(name: "a", content: text, size: 50)]),
        Attack("stored states more", .wrongSize, [Entry(name: "a", content: text, isDeflated: false, size: 90)]),
        Attack("impossible ratio", .wrongSize, [Entry(name: "a", content: text, size: 4_000_000_000)]),
        Attack("packed states less", .corruptData, [Entry(name: "a", content: text, packedSize: 10)]),
        Attack("packed takes the gap", .wrongSize, [Entry(name: "a", content: text, packedSize: 40, gap: 100)]),
        Attack("packed is endless", .overlappingEntries, [Entry(name: "a", content: text, packedSize: 1 << 30)]),
        Attack("wrong checksum", .wrongChecksum, [Entry(name: "a", content: text, checksum: 1)]),
        Attack("other name inside", twoWays, [Entry(name: "a", content: text, localName: "b")]),
        Attack("other size inside", twoWays, [Entry(name: "a", content: text, localSize: 3)]),
        Attack(
            "two share bytes", .overlappingEntries,
            [Entry(name: "a", content: text), Entry(name: "a2", content: text, headerOffset: 0)]),
        Attack(
            "one inside the other", .overlappingEntries,
            [Entry(name: "a", content: text, isDeflated: false), Entry(name: "b", content: text, headerOffset: 31)]),
        Attack("header behind the end", .overlappingEntries, [Entry(name: "a", content: text, headerOffset: 1 << 31)]),
        Attack(
            "no header there", .malformed("has no header where the directory says"),
            [Entry(name: "a", content: text, headerOffset: 7, gap: 100)]),
        Attack(
            "moved", .malformed("has a central directory that is not where its end record says"),
            [Entry(name: "a", content: text)]) { $0.comment = Array("x".utf8); $0.shift = 10 },
        Attack(
            "fewer than stated", .malformed("states more entries than it has room for"),
            [Entry(name: "a", content: text)]) { $0.statedCount = 2 },
        Attack(
            "more than stated", .malformed("has a central directory of another size than it states"),
            [Entry(name: "a", content: text), Entry(name: "b")]) { $0.statedCount = 1 },
        Attack(
            "two ends", .malformed("can be read in two ways: it has two end records"), [Entry(name: "a", content: text)]
        ) { $0.comment = ZipBuilder([]).bytes() },
        Attack("something behind", .truncated, [Entry(name: "a", content: text)]) { $0.suffix = [0] },
    ]

    @Test(arguments: attacks)
    func isRefused(attack: Attack) async throws {
        let folder = try TemporaryFolder()
        let error = await #expect(throws: ArchiveError.self) {
            try await ZipArchive(bytes: attack.bytes, name: "t.zip").extractAll(into: folder.path.appending("out"))
        }
        #expect(error?.fault == attack.fault)
        #expect(folder.mode("evil") == nil)
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
