import Datastore
import Digests
import FlowModel
import Ledger

/// The blobs that entries speak of.
struct MentionedBlobs {
    private let all: [LedgerEntry]
    /// Everything that a reader of the entries may ask for.
    private(set) var digests: Set<SHA256Digest> = []
    /// Where blobs are here, as far as the entries say.
    private(set) var places: [SHA256Digest: StoredBlob] = [:]

    init(_ entries: [LedgerEntry]) {
        all = entries
        for entry in entries { take(entry) }
    }

    private mutating func take(_ entry: LedgerEntry) {
        switch entry {
        case .blobs(let blobs): for blob in blobs { place(blob) }
        case .snapshot(let snapshots): for snapshot in snapshots { place(snapshot.blob) }
        case .artifacts(_, let artifacts): digests.formUnion(artifacts.map(\.digest))
        case .codePackage(let package): digests.insert(package.digest)
        case .card(_, let card): digests.insert(card.digest)
        case .cardData(_, let data): digests.insert(data.digest)
        case .runBegan, .runEnded, .taskCreated, .attemptBegan, .attemptEnded, .metadata, .tags, .logScrubbed: break
        }
    }

    private mutating func place(_ blob: StoredBlob) {
        digests.insert(blob.digest)
        places[blob.digest] = blob
    }

    /// The entries as a record has them: first where all blobs are in the remote, then the rest.
    func entries(with remote: [StoredBlob]) -> [LedgerEntry] {
        let byDigest = Dictionary(remote.map { ($0.digest, $0) }) { first, _ in first }
        let rest: [LedgerEntry] = all.compactMap { entry in
            switch entry {
            case .blobs: return nil
            case .snapshot(let snapshots):
                return .snapshot(
                    snapshots.map { snapshot in
                        var placed = snapshot
                        placed.blob = byDigest[snapshot.blob.digest] ?? snapshot.blob
                        return placed
                    })
            default: return entry
            }
        }
        let sorted = remote.sorted { $0.digest < $1.digest }
        return sorted.isEmpty ? rest : [.blobs(sorted)] + rest
    }
}

/// Other runs of the same flow that entries refer to.
struct ReferredRuns {
    let keys: [RunKey]

    init(_ entries: [LedgerEntry], of run: RunKey) {
        var runs: Set<RunID> = []
        for entry in entries {
            switch entry {
            case .runBegan(let beginning): if let origin = beginning.originRun { runs.insert(origin) }
            case .taskCreated(let task): if let origin = task.origin?.run { runs.insert(origin) }
            case .attemptBegan(let attempt): if let base = attempt.inherits?.run { runs.insert(base) }
            default: break
            }
        }
        runs.remove(run.run)
        keys = runs.sorted().map { RunKey(flow: run.flow, run: $0) }
    }
}
