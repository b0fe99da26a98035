import Datastore
import FlowModel
package import Ledger
package import ObjectStores

/// Fetches the logs of runs that others have run.
package struct RemoteLogs: Sendable {
    private let location: StoreLocation
    private let objects: any ObjectStore

    package init(ledger: RunLedger, objects: any ObjectStore) {
        location = ledger.location
        self.objects = objects
    }

    /// Makes the log of a run here as long as that in the remote. One that is written here is left alone. Blocks.
    package func bring(_ run: RunKey) throws {
        if RunLogReader.isBeingWritten(location, flow: run.flow.text, run: run.run.text) { return }
        let objects = objects
        let pieces = try pieces(of: run)
        let here = try LogFile(location.log(flow: run.flow.text, run: run.run.text))?.size ?? 0
        guard here < pieces.reduce(0, { $0 + $1.size }) else { return }
        try LogFile.lengthen(flow: run.flow.text, run: run.run.text, in: location, beyond: here) { append in
            var start: Int64 = 0
            for piece in pieces {
                let end = start + piece.size
                defer { start = end }
                guard end > here else { continue }
                let range = max(0, here - start)..<piece.size
                let bytes = try blocking { () async throws(ObjectStoreError) in
                    try await objects.read(piece.key, range: range)
                }
                try append(bytes ?? [])
            }
        }
    }

    /// Lets go of what was fetched of a log that has changed since. One that is longer here than there is kept: not all of it
    /// was sent yet.
    func forget(_ run: RunKey) throws {
        let here = try LogFile(location.log(flow: run.flow.text, run: run.run.text))?.size ?? 0
        guard here <= (try pieces(of: run).reduce(0) { $0 + $1.size }) else { return }
        try StoreFiles(location).removeLog(flow: run.flow.text, run: run.run.text)
    }

    /// Puts the log of a run in place of what the remote has of it, as after something in its middle was changed. Blocks.
    package func replace(_ run: RunKey) throws {
        guard let file = try LogFile(location.log(flow: run.flow.text, run: run.run.text)) else { return }
        let objects = objects
        var start: Int64 = 0
        for piece in try pieces(of: run) {
            let end = min(start + piece.size, file.size)
            let range = start..<end
            _ = try blocking { () async throws(ObjectStoreError) in
                try await objects.upload(range, of: file.descriptor, as: piece.key, .always)
            }
            start = end
        }
    }

    private func pieces(of run: RunKey) throws -> [ObjectInfo] {
        let objects = objects
        return try blocking { () async throws(ObjectStoreError) in try await objects.all(RemoteLayout.logs(of: run)) }
            .filter { RemoteLayout.logNumber($0.key) != nil }
    }
}
