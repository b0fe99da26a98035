import Nodes
import ObjectStores
import Synchronization
import Testing

@Suite struct PersistenceTests {
    /// How often something is asked that always fails so, and how long is waited in between.
    private func tries(_ error: ObjectStoreError, patience: Int64) async -> (asked: Int, pauses: [Int64]) {
        let asked = Mutex(0)
        let pauses = Mutex<[Int64]>([])
        var persist = Persistence(patience: .seconds(patience))
        persist.sleep = { pause in pauses.withLock { $0.append(pause.components.seconds) } }
        await #expect(throws: error) {
            try await persist { () async throws(ObjectStoreError) in
                asked.withLock { $0 += 1 }
                throw error
            }
        }
        return (asked.withLock { $0 }, pauses.withLock { $0 })
    }

    @Test(arguments: [
        ObjectStoreError.unreachable(store: "s3://b", key: nil, attempts: 1, reason: "it is away"),
        .damaged(store: "s3://b", key: "k", reason: "cut off"),
        // EIO, ENOSPC, ESTALE
        .system(store: "file:///d", path: "p", operation: "open", code: 5),
        .system(store: "file:///d", path: "p", operation: "open", code: 28),
        .system(store: "file:///d", path: "p", operation: "open", code: 116),
    ]) func whatMayPass(_ error: ObjectStoreError) async {
        let (asked, pauses) = await tries(error, patience: 60)
        #expect(pauses == [1, 2, 4, 8, 15, 15, 15] && asked == 8)
    }

    @Test(arguments: [
        ObjectStoreError.refused(store: "s3://b", key: nil, status: 403, code: "AccessDenied", message: nil),
        .credentials(store: "s3://b", reason: "none"), .offline(store: "s3://b"),
        // EACCES, EROFS
        .system(store: "file:///d", path: "p", operation: "open", code: 13),
        .system(store: "file:///d", path: "p", operation: "open", code: 30),
    ]) func whatDoesNot(_ error: ObjectStoreError) async {
        let (asked, pauses) = await tries(error, patience: 60)
        #expect(pauses == [] && asked == 1)
    }
}
