import Archives
import Digests
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct EarlyExtractionTests {
    private static let large = Noise.bytes(9_000_000, of: 200)
    private static let entries: [Entry] = [
        Entry(name: "pkg/", mode: 0o040755), Entry(name: "pkg/__init__.py", content: Array("print(1)\n".utf8)), Entry(name: "pkg/empty.py"),
        Entry(name: "pkg/tool", content: Array("#!/bin/sh\n".utf8), mode: 0o100755),
        Entry(name: "pkg/large.so", content: large), Entry(name: "pkg/stored.bin", content: Array(large.prefix(5_000_000)), isDeflated: false),
        Entry(name: "pkg/deep/er/x.py", content: Array("x = 1\n".utf8)),
    ] + (0..<100).map { Entry(name: "many/\($0 % 7)/\($0)", content: [UInt8($0)]) }

    @Test(arguments: [4096, 100_000, 1 << 30])
    func whatArrivedEarlyIsTheSame(step: Int) async throws {
        let folder = try TemporaryFolder()
        let seen = Mutex<[String: SHA256Digest]>([:])
        let early = try await unpack(ZipBuilder(Self.entries).bytes(), in: folder, step: step) { entry, sha256 in
            seen.withLock { $0[entry.spelledName] = sha256 }
        }
        #expect(early > 0, "some entries were unpacked before the directory was there")
        for entry in Self.entries where !entry.name.hasSuffix("/") {
            #expect(try folder.read("out/" + entry.name) == entry.content, "\(entry.name)")
            #expect(seen.withLock { $0[entry.name] } == SHA256Digest(hashing: entry.content), "\(entry.name)")
            let isExecutable = folder.mode("out/" + entry.name).map { $0 & 0o100 != 0 }
            #expect(isExecutable == (entry.mode & 0o111 != 0), "\(entry.name)")
        }
    }

    /// Headers that cannot be trusted: the rest waits for the directory.
    @Test(arguments: ["descriptor", "wide"])
    func otherArchivesAreUnpackedAtTheEnd(kind: String) async throws {
        var entries = Self.entries.filter { $0.content.count < 1_000_000 }
        if kind == "descriptor" { entries[1].flags = 8 }
        if kind == "wide" { for index in entries.indices { entries[index].isWide = true } }
        let folder = try TemporaryFolder()
        _ = try await unpack(ZipBuilder(entries).bytes(), in: folder, step: 4096)
        for entry in entries where !entry.name.hasSuffix("/") {
            #expect(try folder.read("out/" + entry.name) == entry.content, "\(entry.name)")
        }
    }

    /// Whatever is refused of an archive that lies there is refused of one that arrives, for the same reason.
    @Test(arguments: HostileZip.all)
    func isRefusedAllTheSame(attack: HostileZip) async throws {
        let folder = try TemporaryFolder()
        let error = await #expect(throws: ArchiveError.self) { _ = try await unpack(attack.bytes, in: folder, step: 16) }
        #expect(error?.fault == attack.fault)
        #expect(folder.names().allSatisfy { $0 == "out" || $0 == "t.zip" })
    }

    /// A reader from the front would find a file that is not in the directory.
    @Test(arguments: [true, false])
    func aFileThatTheDirectoryHides(isEarly: Bool) async throws {
        let hidden = ZipBuilder([Entry(name: "hidden.pth", content: Array("import os\n".utf8))]).bytes()
        var visible = ZipBuilder([Entry(name: "a", content: [1]), Entry(name: "b", content: [2])])
        let plain = visible.bytes()
        // The hidden entry lies between the two others.
        let start = try #require(plain.indices.dropFirst(4).first { Array(plain[$0...].prefix(4)) == [0x50, 0x4B, 3, 4] })
        let end = try #require(hidden.indices.first { Array(hidden[$0...].prefix(4)) == [0x50, 0x4B, 1, 2] })
        visible.entries[0].gap = end
        var bytes = visible.bytes()
        bytes.replaceSubrange(start..<start + end, with: hidden[..<end])
        let folder = try TemporaryFolder()
        let error = await #expect(throws: ArchiveError.self) {
            if isEarly {
                _ = try await unpack(bytes, in: folder, step: 1 << 20)
            } else {
                try await ZipArchive(bytes: bytes, name: "t.zip").extractAll(into: folder.path.appending("out"))
            }
        }
        #expect(error?.fault == .malformed("has bytes behind it that belong to none of the entries"))
    }

    @Test func damageInALargeEntry() async throws {
        var entries = Self.entries
        entries[4].checksum = 1
        let bytes = ZipBuilder(entries).bytes()
        let folder = try TemporaryFolder()
        let error = await #expect(throws: ArchiveError.self) { _ = try await unpack(bytes, in: folder, step: 1 << 20) }
        #expect(error == ArchiveError(archive: "t.zip", entry: "pkg/large.so", .wrongChecksum))
    }

    @Test func whatIsThrownAwayDoesNotCount() async throws {
        let folder = try TemporaryFolder()
        let file = try FileDescriptor.open(
            folder.path.appending("t.zip"), .readWrite, options: [.create], permissions: .ownerReadWrite)
        let bytes = ZipBuilder(Self.entries).bytes()
        let early = EarlyExtraction(into: folder.path.appending("out"), name: "t.zip", archiveSize: UInt64(bytes.count))
        early.begin(file.rawValue)
        try file.writeAll(bytes.prefix(1_000_000))
        early.arrived(1_000_000)
        early.startOver()
        #expect(!early.isUsable)
        await early.abandon()
        try file.close()
    }

    /// Lets an archive arrive in steps and unpacks it; returns how many entries were done before it was whole.
    private func unpack(
        _ bytes: [UInt8], in folder: TemporaryFolder, step: Int, inspector: ZipArchive.Inspector? = nil
    ) async throws -> Int {
        let path = folder.path.appending("t.zip")
        let file = try FileDescriptor.open(path, .readWrite, options: [.create], permissions: .ownerReadWrite)
        defer { try? file.close() }
        let early = EarlyExtraction(into: folder.path.appending("out"), name: "t.zip", archiveSize: UInt64(bytes.count))
        early.begin(file.rawValue)
        var count = 0
        while count < bytes.count {
            let part = bytes[count..<min(bytes.count, count + step)]
            try file.writeAll(part)
            count += part.count
            early.arrived(Int64(count))
        }
        await early.walked()
        let done = await early.stop().count
        do {
            try await ZipArchive(path: path).extractAll(into: folder.path.appending("out"), after: early, inspector: inspector)
        } catch {
            await early.abandon()
            throw error
        }
        return done
    }
}
