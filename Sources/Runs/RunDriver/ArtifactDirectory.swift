import FlowModel
import Ledger
import WorkerProtocol

/// Which artifacts each attempt of the run has.
///
/// Only what was used lately is in memory; the rest comes from the ledger, so that memory does not grow with the number
/// of tasks.
struct ArtifactDirectory {
    typealias Artifacts = [String: ArtifactReference]

    private static let limit = 512
    private var recent: [AttemptKey: Artifacts] = [:]
    private var order: [AttemptKey] = []
    private let ledger: RunLedger
    private let run: RunKey

    init(ledger: RunLedger, run: RunKey) {
        self.ledger = ledger
        self.run = run
    }

    /// Everything that an attempt has, its own and inherited.
    ///
    /// - Parameter settle: brings the ledger up to date; called before it is asked.
    mutating func artifacts(of attempt: AttemptKey, settle: () -> Void) throws -> Artifacts {
        if let known = recent[attempt] { return known }
        settle()
        var artifacts: Artifacts = [:]
        for record in try ledger.artifacts(of: attempt, in: run)
        where record.isOwn || InheritedArtifacts.include(record.name) {
            artifacts[record.name] = ArtifactReference(
                digest: record.digest, size: record.size, type: record.type, encoding: record.encoding)
        }
        keep(artifacts, of: attempt)
        return artifacts
    }

    /// Remembers what a finished attempt has.
    mutating func record(_ own: [ArtifactEntry], of attempt: AttemptKey, beside inherited: Artifacts) {
        var artifacts = inherited.filter { InheritedArtifacts.include($0.key) }
        for entry in own {
            artifacts[entry.name] = ArtifactReference(
                digest: entry.digest, size: entry.size, type: entry.type, encoding: entry.encoding)
        }
        keep(artifacts, of: attempt)
    }

    private mutating func keep(_ artifacts: Artifacts, of attempt: AttemptKey) {
        if recent.updateValue(artifacts, forKey: attempt) == nil { order.append(attempt) }
        if order.count > Self.limit {
            for forgotten in order.prefix(Self.limit / 2) { recent[forgotten] = nil }
            order.removeFirst(Self.limit / 2)
        }
    }
}
