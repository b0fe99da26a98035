import Datastore
import Digests
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("Files that are found by their hash alone")
struct ArchiveTests {
    private func file(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> FilePath {
        let path = folder.path.appending("given")
        let file = try FileDescriptor.open(path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(bytes) }
        return path
    }

    private func links(_ path: FilePath) -> Int {
        var status = stat()
        return stat(path.string, &status) == 0 ? Int(status.st_nlink) : 0
    }

    @Test("A file of any size is kept by itself, as it came, and read like other blobs", arguments: [0, 5, 70_000, 3_000_000])
    func keeping(size: Int) throws {
        let temporary = TemporaryFolder()
        let store = try BlobStore(temporary.store)
        // Bytes that would compress.
        let bytes = [UInt8](repeating: 7, count: size)
        let digest = SHA256Digest(hashing: bytes)
        #expect(store.archive(digest, size: nil) == nil)
        let given = try file(bytes, in: temporary)
        let blob = try store.keepArchive(given, digest)
        #expect(blob == StoredBlob(digest: digest, size: Int64(size), codec: .plain, place: .loose))
        let found = try #require(store.archive(digest, size: Int64(size)))
        #expect(found.path.lastComponent?.string == digest.hex && links(found.path) == 2)
        #expect(try store.read(blob) == bytes)
        #expect(try store.keepArchive(given, digest) == blob && links(found.path) == 2)
    }

    @Test("A file with another hash is refused, and nothing is kept")
    func refusal() throws {
        let temporary = TemporaryFolder()
        let store = try BlobStore(temporary.store)
        let digest = SHA256Digest(hashing: "what it should be")
        let given = try file(Array("what it is".utf8), in: temporary)
        #expect(throws: DatastoreError.self) { try store.keepArchive(given, digest) }
        #expect(store.archive(digest, size: nil) == nil)
    }

    @Test("A file that was cut off counts as absent, and is put anew")
    func damage() throws {
        let temporary = TemporaryFolder()
        let store = try BlobStore(temporary.store)
        let bytes = Array("some bytes that are kept".utf8)
        let digest = SHA256Digest(hashing: bytes)
        let given = try file(bytes, in: temporary)
        _ = try store.keepArchive(given, digest)
        let path = try #require(store.archive(digest, size: nil)).path
        // Not the given file, which is the same one.
        unlink(path.string)
        #expect(symlink("/dev/null", path.string) == 0)
        #expect(store.archive(digest, size: Int64(bytes.count)) == nil)
        _ = try store.keepArchive(given, digest)
        #expect(store.archive(digest, size: Int64(bytes.count)) != nil)
    }
}
