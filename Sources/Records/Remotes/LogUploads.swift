import Archives
import Datastore
import FlowModel
import Ledger
import ObjectStores

/// Sends the log of a run piece by piece, as it grows.
struct LogUploads: Sendable {
    let location: StoreLocation
    let objects: any ObjectStore
    let run: RunKey
    /// The number of the next piece, and the bytes of those before; `nil` until the remote was asked.
    private var place: (next: Int, size: Int64)?

    /// Bytes of one piece at most.
    private static let pieceSize: Int64 = 64 << 20

    init(location: StoreLocation, objects: any ObjectStore, run: RunKey) {
        self.location = location
        self.objects = objects
        self.run = run
    }

    /// Sends what the remote lacks of the log as it is now.
    mutating func send() async throws {
        let log = try location.log(flow: run.flow.text, run: run.run.text)
        guard let file = try await BlockingWork.run({ () throws(DatastoreError) in try LogFile(log) }) else { return }
        var (next, sent) = try await start()
        while sent < file.size {
            let end = min(file.size, sent + Self.pieceSize)
            let key = try RemoteLayout.log(next, of: run)
            switch try await objects.upload(sent..<end, of: file.descriptor, as: key, .ifAbsent) {
            case .stored:
                (next, sent) = (next + 1, end)
                place = (next, sent)
            case .wasThere:
                // Another engine of this project sends it too, or the answer to an earlier try was lost.
                place = nil
                (next, sent) = try await start()
            }
        }
    }

    private mutating func start() async throws -> (next: Int, size: Int64) {
        if let place { return place }
        var found: (next: Int, size: Int64) = (1, 0)
        for object in try await objects.all(RemoteLayout.logs(of: run)) {
            guard let number = RemoteLayout.logNumber(object.key) else { continue }
            found = (max(found.next, number + 1), found.size + object.size)
        }
        place = found
        return found
    }
}
