import Archives
import Diagnostics
import SystemPackage
import TestSupport
import Testing

@Suite("Tar archives in files")
struct TarArchiveTests {
    enum Packing: CaseIterable, Sendable {
        case none, gzip, members, zstd

        func pack(_ bytes: [UInt8]) -> [UInt8] {
            switch self {
            case .none: bytes
            case .gzip: Gzip.compress(bytes)
            case .members: Gzip.compress(Array(bytes.prefix(700))) + Gzip.compress(Array(bytes.dropFirst(700)))
            case .zstd: Zstd.compress(bytes)
            }
        }
    }

    private let long = String(repeating: "folder/", count: 20) + "name.py"

    private func sample() throws -> [UInt8] {
        var writer = TarWriter()
        // Larger than what is read at once.
        try writer.addFile(EntryPath(parsing: "python/lib/large"), (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
        try writer.addFile(EntryPath(parsing: "python/bin/python3.12"), Array("#!".utf8), isExecutable: true)
        try writer.addFile(EntryPath(parsing: "python/" + long), [1])
        try writer.addFile(EntryPath(parsing: "python/empty"), [])
        try writer.addFile(EntryPath(parsing: "python/block"), [UInt8](repeating: 9, count: 512))
        try writer.add(EntryPath(parsing: "python/none"), .directory)
        try writer.add(EntryPath(parsing: "python/bin/python3"), .symbolicLink(target: "python3.12"))
        try writer.add(EntryPath(parsing: "python/twin"), .hardLink(to: EntryPath(parsing: "python/block")))
        return writer.finish()
    }

    @Test("Unpacked as they were packed", arguments: Packing.allCases)
    func unpacks(_ packing: Packing) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("archive", packing.pack(try sample()))
        try TarArchive.unpack(file, into: folder.path.appending("out"), name: "a")
        #expect(try folder.read("out/python/lib/large").count == 3_000_000)
        #expect(try folder.read("out/python/lib/large") == (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
        #expect(try folder.read("out/python/bin/python3") == Array("#!".utf8))
        #expect(try folder.read("out/python/" + long) == [1])
        #expect(try folder.read("out/python/empty").isEmpty)
        #expect(try folder.read("out/python/twin") == [UInt8](repeating: 9, count: 512))
        #expect(folder.mode("out/python/bin/python3.12").map { $0 & 0o111 != 0 } == true)
        #expect(folder.mode("out/python/block").map { $0 & 0o111 == 0 } == true)
        #expect(folder.names("out/python").contains("none"))
    }

    @Test("An archive that ends early is refused wherever it ends", arguments: Packing.allCases)
    func truncated(_ packing: Packing) throws {
        let folder = try TemporaryFolder()
        let whole = packing.pack(try sample())
        for part in [1, 2, 3, 10, 300, 513, whole.count / 2, whole.count * 9 / 10] {
            let file = try folder.write("archive", Array(whole.prefix(part)))
            let error = #expect(throws: ArchiveError.self, "\(part)") {
                try TarArchive.unpack(file, into: folder.path.appending("out-\(part)"), name: "a")
            }
            #expect(error?.archive == "a")
        }
    }

    @Test("What is no archive is refused by name", arguments: ["", "hello", String(repeating: "x", count: 5000)])
    func foreign(_ text: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("archive", Array(text.utf8))
        #expect(throws: ArchiveError.self) { try TarArchive.unpack(file, into: folder.path.appending("out"), name: "a") }
    }

    @Test("A flipped bit in the packed data is noticed")
    func flipped() throws {
        let folder = try TemporaryFolder()
        let whole = Packing.gzip.pack(try sample())
        for place in stride(from: 20, to: whole.count, by: whole.count / 9) {
            var bytes = whole
            bytes[place] ^= 4
            let file = try folder.write("archive", bytes)
            #expect(throws: ArchiveError.self, "\(place)") {
                try TarArchive.unpack(file, into: folder.path.appending("out-\(place)"), name: "a")
            }
        }
    }

    @Test(
        "Entries that lead outside, or are no files, are refused with their names, and nothing is written outside",
        arguments: [
            ("../evil", "0", "", ArchiveFault.unsafePath), ("/evil", "0", "", .unsafePath),
            ("link", "2", "/etc", .unsafeLink), ("link", "2", "../x", .unsafeLink), ("a/link", "2", "../../x", .unsafeLink),
            ("a/link", "2", "b/../../x", .unsafeLink), ("hard", "1", "../outside", .unsafeLink),
            ("hard", "1", "nowhere", .unsafeLink), ("hard", "1", "/etc/passwd", .unsafeLink),
            ("fifo", "6", "", .unsupported("has an entry that is neither file, directory nor link (type 54)")),
            ("device", "3", "", .unsupported("has an entry that is neither file, directory nor link (type 51)")),
        ])
    func hostile(name: String, type: String, link: String, fault: ArchiveFault) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("archive", hostileTar([(name, type, link, [])]))
        let error = #expect(throws: ArchiveError.self) {
            try TarArchive.unpack(file, into: folder.path.appending("out"), name: "a")
        }
        #expect(error?.fault == fault)
        #expect(folder.names("out").isEmpty)
        #expect(folder.names() == ["archive", "out"])
    }

    @Test("Nothing is written through a link, and no name twice")
    func conflicts() throws {
        let folder = try TemporaryFolder()
        let archives: [(entries: [(String, String, String, [UInt8])], fault: ArchiveFault)] = [
            ([("a", "0", "", [1]), ("a", "0", "", [2])], .duplicatePath),
            ([("a", "2", "b", []), ("a/c", "0", "", [2])], .fileIsAlsoDirectory),
            ([("a/c", "0", "", [1]), ("a", "2", "b", [])], .fileIsAlsoDirectory),
        ]
        for (index, archive) in archives.enumerated() {
            let file = try folder.write("archive", hostileTar(archive.entries))
            let error = #expect(throws: ArchiveError.self) {
                try TarArchive.unpack(file, into: folder.path.appending("out-\(index)"), name: "a")
            }
            #expect(error?.fault == archive.fault)
        }
    }

    @Test("A bomb is refused before the disk is full")
    func bomb() throws {
        let folder = try TemporaryFolder()
        var limits = ArchiveLimits()
        limits.expansionFloor = 1 << 20
        var writer = TarWriter()
        try writer.addFile(EntryPath(parsing: "zeros"), [UInt8](repeating: 0, count: 8 << 20))
        let file = try folder.write("archive", Zstd.compress(writer.finish()))
        let error = #expect(throws: ArchiveError.self) {
            try TarArchive.unpack(file, into: folder.path.appending("out"), name: "a", limits: limits)
        }
        #expect(error?.diagnostic.headline.contains("200 times its size") == true)
        #expect(folder.names("out").isEmpty)
        // Zeros behind the end of the archive are none of it, and no way around.
        let padded = try folder.write("padded", Zstd.compress(TarWriter().finish() + [UInt8](repeating: 0, count: 8 << 20)))
        #expect(throws: ArchiveError.self) {
            try TarArchive.unpack(padded, into: folder.path.appending("out-2"), name: "a", limits: limits)
        }
    }
}
