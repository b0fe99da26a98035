import Datastore
import Dispatch
import Digests
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct ConcurrencyTests {
    /// Stands for several engines as well: each store has a pack of its own, as each process has.
    @Test(arguments: [1, 4])
    func manyWritersOneStore(stores count: Int) throws {
        let folder = TemporaryFolder()
        let stores = try (0..<count).map { _ in try BlobStore(folder.store) }
        let writers = 8
        let results = (0..<writers).map { _ in Box() }
        DispatchQueue.concurrentPerform(iterations: writers) { writer in
            let store = stores[writer % count]
            results[writer].value = Result {
                // Half are the writer's own, half are everybody's; a few have files of their own.
                try (0..<200).flatMap { number in
                    let size = number % 50 == 0 ? 80_000 : 300
                    return [
                        try store.put(noise(size, seed: UInt64(number + 1))),
                        try store.put(noise(size, seed: UInt64((writer + 1) * 1000 + number))),
                    ]
                }
            }
        }
        let reader = try BlobStore(folder.store)
        for result in results {
            for blob in try #require(result.value).get() {
                #expect(SHA256Digest(hashing: try reader.read(blob)) == blob.digest)
            }
        }
        #expect(folder.files(below: ".penstock/packs").count == count)
        #expect(folder.files(below: ".penstock/staging") == [])
    }
}

extension ConcurrencyTests {
    @Test func manyReadersOneLargeBlob() throws {
        let folder = TemporaryFolder()
        let content = prose(2 << 20)
        let blob = try BlobStore(folder.store).put(content)
        let store = try BlobStore(folder.store)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            #expect(throws: Never.self) {
                let descriptor = try store.openUnlinked(blob)
                #expect(contents(of: descriptor) == content)
                close(descriptor)
            }
        }
    }
}

// Unchecked: each box is written by one iteration, and read after all have ended.
private final class Box: @unchecked Sendable {
    var value: Result<[StoredBlob], any Error>?
}
