import FlowModel
import Ledger
import Remotes

/// Decides when a client's question is worth a look into the remote datastore.
struct ClientRefreshes {
    /// How long what was seen there counts as new.
    private static let patience: Duration = .seconds(2)

    private struct Scope: Hashable {
        var flow: FlowName?
        var run: RunID?
    }

    private var looks: [Scope: ContinuousClock.Instant] = [:]

    /// Takes over what is new of what the question is about.
    mutating func refresh(_ records: RunRecords, for request: ClientRequest) throws {
        guard let remote = records.remote, request.type == .object || request.type == .children else { return }
        let path = request.path ?? []
        let scope = Scope(flow: path.first.map { FlowName($0) }, run: path.count > 1 ? RunID(path[1]) : nil)
        let now = ContinuousClock.now
        // A look at everything is one at each part.
        let wider = [Scope(), Scope(flow: scope.flow), scope]
        if wider.contains(where: { looks[$0].map { now - $0 < Self.patience } ?? false }) { return }
        if looks.count > 1000 { looks = [:] }
        do {
            try remote.bringRecords(flow: scope.flow, run: scope.run)
        } catch {
            // What is known is better than nothing; the next question tries again.
            guard try isKnown(scope, in: records.ledger) else { throw error }
        }
        looks[scope] = .now
    }

    private func isKnown(_ scope: Scope, in ledger: RunLedger) throws -> Bool {
        guard let flow = scope.flow else { return try !ledger.flows().isEmpty }
        guard let run = scope.run else { return try ledger.flow(flow) != nil }
        return try ledger.run(RunKey(flow: flow, run: run)) != nil
    }
}
