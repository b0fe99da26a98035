import Archives
import Digests
import Synchronization
import SystemPackage
import TestSupport
import Testing

typealias Entry = ZipBuilder.Entry

private let noise = (0..<6_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) }

@Suite struct ZipTests {
    private static let honest: [Entry] = [
        Entry(name: "pkg/"), Entry(name: "pkg/__init__.py", content: Array("x = 1\n".utf8)),
        Entry(name: "pkg/empty.py"), Entry(name: "pkg/stored.bin", content: [1, 2, 3], isDeflated: false),
        Entry(name: "bin/tool", content: Array("#!/bin/sh\n".utf8), mode: 0o100755),
        Entry(name: "pkg/data/large.bin", content: noise), Entry(name: "pkg/grün.txt", content: [9], flags: 0x800),
        Entry(name: "streamed", content: noise.suffix(1000), flags: 8), Entry(name: "wide", content: [4], isWide: true),
        Entry(name: "no-type", content: [5], mode: 0o755),
    ].map { entry in
        var entry = entry
        if entry.name.hasSuffix("/") { (entry.mode, entry.isDeflated) = (0o040755, false) }
        return entry
    }

    @Test(arguments: [false, true])
    func readsWhatIsThere(hasWideEnd: Bool) throws {
        var builder = ZipBuilder(Self.honest)
        builder.hasWideEnd = hasWideEnd
        builder.comment = Array("made for a test".utf8)
        let archive = try ZipArchive(bytes: builder.bytes(), name: "t.zip")
        #expect(archive.entries.map(\.spelledName) == Self.honest.map(\.name))
        for (entry, expected) in zip(archive.entries, Self.honest) where entry.kind == .file {
            #expect(try archive.contents(of: entry) == expected.content, "\(expected.name)")
        }
        #expect(archive.entry(at: "bin/tool")?.isExecutable == true)
        #expect(archive.entry(at: "no-type")?.isExecutable == true)
        #expect(archive.entry(at: "wide")?.isExecutable == false)
        #expect(archive.entry(at: "nowhere") == nil)
    }

    @Test(arguments: [1, 2, 100])
    func unpacksToAFolder(width: Int) async throws {
        let folder = try TemporaryFolder()
        let many = Self.honest + (0..<200).map { Entry(name: "many/\($0 % 7)/\($0)", content: [UInt8($0)]) }
        let path = try folder.write("a.zip", ZipBuilder(many).bytes())
        let seen = Mutex<[String: SHA256Digest]>([:])
        try await ZipArchive(path: path).extractAll(into: folder.path.appending("out"), width: width) { entry, sha256 in
            seen.withLock { $0[entry.spelledName] = sha256 }
        }
        for entry in many where !entry.name.hasSuffix("/") {
            #expect(try folder.read("out/" + entry.name) == entry.content, "\(entry.name)")
            #expect(seen.withLock { $0[entry.name] } == SHA256Digest(hashing: entry.content), "\(entry.name)")
            let isExecutable = folder.mode("out/" + entry.name).map { $0 & 0o100 != 0 }
            #expect(isExecutable == (entry.mode & 0o111 != 0), "\(entry.name)")
        }
        await #expect(throws: ArchiveError.self, "the folder exists") {
            try await ZipArchive(path: path).extractAll(into: folder.path.appending("out"))
        }
    }

    struct Refusal: Error, Equatable {}

    @Test func stopsWhenTheInspectorThrows() async throws {
        let folder = try TemporaryFolder()
        let archive = try ZipArchive(bytes: ZipBuilder(Self.honest).bytes(), name: "t.zip")
        await #expect(throws: Refusal()) {
            try await archive.extractAll(into: folder.path.appending("out")) { entry, _ in
                if entry.spelledName == "wide" { throw Refusal() }
            }
        }
    }

    @Test func honoursCancellation() async throws {
        let folder = try TemporaryFolder()
        let archive = try ZipArchive(bytes: ZipBuilder(Self.honest).bytes(), name: "t.zip")
        let path = folder.path.appending("out")
        let unpacking = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await archive.extractAll(into: path)
        }
        await #expect(throws: ArchiveError(archive: "t.zip", .cancelled)) { try await unpacking.value }
    }

    @Test func anEmptyArchiveIsOne() async throws {
        let folder = try TemporaryFolder()
        try await ZipArchive(bytes: ZipBuilder([]).bytes(), name: "t.zip").extractAll(into: folder.path.appending("out"))
        #expect(folder.mode("out") != nil)
    }
}
