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

/// Bytes with a name, since a failure should not print megabytes.
struct Sample: CustomTestStringConvertible {
    var name: String
    var content: [UInt8]

    init(_ name: String, _ content: [UInt8]) {
        self.name = name
        self.content = content
    }

    var testDescription: String { name }
}

@Suite struct BlobStoreTests {
    static let samples: [Sample] = [
        Sample("nothing", []), Sample("one byte", [7]), Sample("short", Array("pickled".utf8)),
        Sample("63 zeros", [UInt8](repeating: 0, count: 63)),
        Sample("page of noise", noise(4096)), Sample("page of prose", prose(4096)), Sample("64 KiB of noise", noise(64 << 10)),
        Sample("64 KiB and one", noise((64 << 10) + 1)), Sample("prose of 300 KiB", prose(300 << 10)),
        Sample("noise of 2 MiB", noise(2 << 20)), Sample("prose of 3 MiB", prose(3 << 20)),
    ]

    @Test(arguments: samples)
    func whatIsPutIsRead(sample: Sample) throws {
        let content = sample.content
        let folder = TemporaryFolder()
        let blob = try BlobStore(folder.store).put(content)
        #expect(blob.digest == SHA256Digest(hashing: content))
        #expect(blob.size == content.count)
        // Another store has nothing in memory.
        #expect(try BlobStore(folder.store).read(blob) == content)
    }

    @Test(arguments: samples)
    func aDescriptorHoldsThePlainBytes(sample: Sample) throws {
        let content = sample.content
        let folder = TemporaryFolder()
        let blob = try BlobStore(folder.store).put(content)
        let store = try BlobStore(folder.store)
        let first = try store.openUnlinked(blob)
        let second = try store.openUnlinked(blob)
        defer {
            close(first)
            close(second)
        }
        #expect(contents(of: first) == content)
        // The two have positions of their own.
        #expect(contents(of: second) == content)
        #expect(fcntl(first, F_GETFL) & O_ACCMODE == O_RDONLY)
        #expect(folder.files(below: ".penstock/staging") == [])
    }

    @Test(arguments: samples, [true, false])
    func aFileIsStored(sample: Sample, isUnnamed: Bool) throws {
        let content = sample.content
        let folder = TemporaryFolder()
        let store = try BlobStore(folder.store)
        let descriptor = isUnnamed
            ? open(folder.store.staging.string, O_RDWR | O_DIRECTORY | 0o20000000, 0o600)
            : open(folder.path.appending("value").string, O_RDWR | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        _ = content.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        let blob = try store.put(contentsOf: descriptor, size: Int64(content.count))
        close(descriptor)
        #expect(blob.digest == SHA256Digest(hashing: content))
        #expect(try BlobStore(folder.store).read(blob) == content)
        #expect(try store.put(content) == blob)
        #expect(folder.files(below: ".penstock/staging") == [])
    }

    @Test func largeOnesThatShrinkAreCompressed() throws {
        let folder = TemporaryFolder()
        let store = try BlobStore(folder.store)
        let descriptor = open(folder.path.appending("value").string, O_RDWR | O_CREAT, 0o600)
        let content = prose(5 << 20)
        _ = write(descriptor, content, content.count)
        let blob = try store.put(contentsOf: descriptor, size: 5 << 20)
        close(descriptor)
        #expect(blob.codec == .zstd)
        let name = try #require(folder.files(below: ".penstock/blobs").first)
        #expect(name.hasSuffix(".zst"))
        #expect(contents(of: folder.path.appending(name)).count < 1 << 20)
    }

    @Test func aPlainBlobIsAFileThatStandardToolsRead() throws {
        let folder = TemporaryFolder()
        let content = noise(200_000)
        let blob = try BlobStore(folder.store).put(content)
        let hex = blob.digest.hex
        #expect(folder.files(below: ".penstock") == [".penstock/blobs/\(hex.prefix(2))/\(hex)"])
        let name = folder.store.blobs.appending(String(hex.prefix(2))).appending(hex)
        #expect(contents(of: name) == content)
    }

    @Test func aFileShorterThanSaidIsRefused() throws {
        let folder = TemporaryFolder()
        let store = try BlobStore(folder.store)
        let descriptor = open(folder.path.appending("value").string, O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        _ = write(descriptor, [1, 2, 3], 3)
        #expect { try store.put(contentsOf: descriptor, size: 4) } throws: { error in
            (error as? DatastoreError)?.fault == .shortInput(expected: 4, present: 3)
        }
        #expect(throws: DatastoreError.self) { try store.put(contentsOf: descriptor, size: -1) }
        #expect(throws: DatastoreError.self) { try store.put(contentsOf: -1, size: 0) }
    }

    @Test func theSameBytesAreStoredOnce() throws {
        let folder = TemporaryFolder()
        let store = try BlobStore(folder.store)
        let small = try store.put(noise(1000))
        let large = try store.put(noise(100_000))
        let size = contents(of: try pack(in: folder)).count
        #expect(try store.put(noise(1000)) == small)
        #expect(try store.put(noise(100_000)) == large)
        // A large one is found by another process without an index.
        #expect(try BlobStore(folder.store).put(noise(100_000)) == large)
        #expect(contents(of: try pack(in: folder)).count == size)
        #expect(folder.files(below: ".penstock").count == 2)
    }

    @Test func anIndexFindsSmallOnesOfOtherProcesses() throws {
        struct Index: BlobIndex {
            var blob: StoredBlob
            func storedBlob(of digest: SHA256Digest) -> StoredBlob? { digest == blob.digest ? blob : nil }
        }
        let folder = TemporaryFolder()
        let blob = try BlobStore(folder.store).put(noise(1000))
        let other = try BlobStore(folder.store, index: Index(blob: blob))
        #expect(try other.put(noise(1000)) == blob)
        #expect(folder.files(below: ".penstock/packs").count == 1)
        #expect(try other.read(blob) == noise(1000))
        #expect(other.blob(of: blob.digest) == blob)
        #expect(other.blob(of: SHA256Digest(hashing: "unknown")) == nil)
    }

    @Test func aThousandSmallBlobsMakeOneFile() throws {
        let folder = TemporaryFolder()
        let store = try BlobStore(folder.store)
        let blobs = try (0..<1000).map { try store.put(Array("value \($0)".utf8)) }
        #expect(folder.files(below: ".penstock").count == 1)
        let reader = try BlobStore(folder.store)
        for (number, blob) in blobs.enumerated() {
            #expect(try reader.read(blob) == Array("value \(number)".utf8))
        }
    }

    @Test func aFullPackIsFollowedByTheNext() throws {
        let folder = TemporaryFolder()
        var options = BlobStoreOptions()
        options.packLimit = 10_000
        let store = try BlobStore(folder.store, options: options)
        let blobs = try (1...20).map { try store.put(noise(1500, seed: $0)) }
        #expect(folder.files(below: ".penstock/packs").count == 3)
        let reader = try BlobStore(folder.store)
        for (seed, blob) in zip(UInt64(1)..., blobs) { #expect(try reader.read(blob) == noise(1500, seed: seed)) }
    }

    /// As on a file system that has no files without a name.
    @Test(arguments: samples)
    func filesThatHaveANameFromTheStartServeToo(sample: Sample) throws {
        let folder = TemporaryFolder()
        var options = BlobStoreOptions()
        options.unnamedFiles = false
        let store = try BlobStore(folder.store, options: options)
        let blob = try store.put(sample.content)
        let input = open(folder.path.appending("value").string, O_RDWR | O_CREAT, 0o600)
        _ = sample.content.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
        let other = try BlobStore(folder.store, options: options)
        #expect(try other.put(contentsOf: input, size: Int64(sample.content.count)).digest == blob.digest)
        close(input)
        let output = try other.openUnlinked(blob)
        #expect(contents(of: output) == sample.content)
        close(output)
        #expect(try other.read(blob) == sample.content)
        #expect(folder.files(below: ".penstock/staging") == [])
    }

    @Test func aStoreThatKeepsNothingMakesNoFile() throws {
        let folder = TemporaryFolder()
        _ = try BlobStore(folder.store)
        #expect(folder.files(below: ".penstock") == [])
    }

    @Test func leftoversInStagingAreRemovedWhenNobodyHoldsThem() throws {
        let folder = TemporaryFolder()
        try folder.store.prepare()
        for (name, age, isLocked) in [("old", 3600, false), ("held", 3600, true), ("young", 0, false)] {
            let path = folder.store.staging.appending(name).string
            let descriptor = open(path, O_CREAT | O_RDWR, 0o644)
            let then = time(nil) - age
            var times = [timespec(tv_sec: then, tv_nsec: 0), timespec(tv_sec: then, tv_nsec: 0)]
            futimens(descriptor, &times)
            if isLocked { flock(descriptor, LOCK_EX) } else { close(descriptor) }
        }
        _ = try BlobStore(folder.store)
        #expect(folder.files(below: ".penstock/staging").map { $0.split(separator: "/").last } == ["held", "young"])
    }
}

/// The only pack of a store.
func pack(in folder: TemporaryFolder) throws -> FilePath {
    let packs = folder.files(below: ".penstock/packs")
    try #require(packs.count == 1)
    return folder.path.pushing(FilePath(packs[0]))
}
