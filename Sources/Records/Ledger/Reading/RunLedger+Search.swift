import Datastore
package import FlowModel
import GRDB

/// Which runs are looked for, in all flows or in one.
package struct RunSearch: Sendable, Hashable {
    /// Every flow without one.
    package var flow: FlowName?
    /// Tags that a run must all have, of the person's or the system's.
    package var tags: [String]
    /// Who began it.
    package var username: String?
    /// Only runs that stand so; any without one.
    package var states: Set<RunState>
    package var kind: RunKind
    /// At most so many.
    package var limit: Int?

    package init(
        flow: FlowName? = nil, tags: [String] = [], username: String? = nil, states: Set<RunState> = [],
        kind: RunKind = .ordinary, limit: Int? = nil
    ) {
        self.flow = flow
        self.tags = tags
        self.username = username
        self.states = states
        self.kind = kind
        self.limit = limit
    }
}

extension RunLedger {
    /// The runs that are looked for, newest first.
    package func runs(_ search: RunSearch) throws(LedgerError) -> [RunRecord] {
        var conditions = ["kind = ?"]
        var arguments: StatementArguments = [search.kind.rawValue]
        if let flow = search.flow {
            conditions.append("flow = ?")
            arguments += [flow.text]
        }
        if let username = search.username {
            conditions.append("username = ?")
            arguments += [username]
        }
        for tag in search.tags {
            conditions.append("id IN (SELECT run FROM tag WHERE tag = ?)")
            arguments += [tag]
        }
        let endings = search.states.map(Self.condition)
        if !search.states.isEmpty { conditions.append("(\(Set(endings).sorted().joined(separator: " OR ")))") }
        // Whether a run without an end goes on is not in the ledger, so its limit cannot be either.
        let isLimitedHere = search.states.isDisjoint(with: [.running, .abandoned])
        let records = try runRecords(
            """
            SELECT * FROM run WHERE \(conditions.joined(separator: " AND ")) ORDER BY created_at DESC, id DESC LIMIT ?
            """, arguments + [isLimitedHere ? search.limit ?? -1 : -1])
        let wanted = search.states.isEmpty ? records : records.filter { search.states.contains($0.state) }
        return Array(wanted.prefix(search.limit ?? .max))
    }

    private static func condition(for state: RunState) -> String {
        switch state {
        case .succeeded: "(finished_at IS NOT NULL AND succeeded)"
        case .failed: "(finished_at IS NOT NULL AND NOT succeeded)"
        case .running, .abandoned: "finished_at IS NULL"
        }
    }

    /// How the tasks of a run stand, by step, in the order in which the steps began.
    package func taskCounts(of run: RunKey) throws(LedgerError) -> [RecordedStepCounts] {
        try reading(run) { database, row in
            let sql = """
                SELECT step.name, step.created_at, count(*) AS tasks,
                    sum(newest.finished_at IS NOT NULL AND newest.succeeded) AS succeeded,
                    sum(newest.finished_at IS NOT NULL AND NOT newest.succeeded) AS failed,
                    max(newest.finished_at) AS finished_at
                FROM step JOIN task ON task.run = step.run AND task.step = step.name
                LEFT JOIN attempt AS newest ON newest.run = task.run AND newest.task = task.id AND newest.number =
                    (SELECT max(number) FROM attempt WHERE run = task.run AND task = task.id)
                WHERE step.run = ? GROUP BY step.name ORDER BY step.created_at, min(task.id)
                """
            return try Row.fetchAll(database.cachedStatement(sql: sql), arguments: [row]).map { columns in
                RecordedStepCounts(
                    step: StepName(try columns.required("name")), startedAt: try columns.time("created_at"),
                    finishedAt: try columns.optionalTime("finished_at"), tasks: try columns.required("tasks"),
                    succeeded: try columns.optional("succeeded") ?? 0, failed: try columns.optional("failed") ?? 0)
            }
        } ?? []
    }
}
