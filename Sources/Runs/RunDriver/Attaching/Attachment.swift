package import Clusters
package import Datastore
package import Diagnostics
package import Executors
package import FlowModel
package import Ledger
import Nodes
package import ObjectStores
import WorkerProtocol

/// A run whose engine is gone, as another one goes on with it: what is recorded, and what is on clusters.
package struct Attachment: Sendable {
    /// A group of jobs whose orders are in the datastore.
    package struct Group: Sendable {
        package var number: Int
        package var names: [AttemptName]
        package var isGang: Bool
        /// The ids of its jobs; nothing when the engine died before it could note them.
        package var jobs: [JobID]?
    }

    /// As `RunLedger.allAttempts`.
    package var attempts: [RunAttemptRecord]
    package var groups: [Group]
    /// What the log has of each attempt, in bytes.
    package var logged: [LogSource: [LogStream: Int64]] = [:]

    package init(attempts: [RunAttemptRecord], groups: [Group] = []) {
        self.attempts = attempts
        self.groups = groups
    }

    /// What is on clusters of a run, as its datastore tells.
    package static func groups(of run: RunKey, in objects: any ObjectStore) async throws -> [Group] {
        var groups: [Group] = []
        for name in try await objects.folders(NodeLayout.prefix(flow: run.flow, run: run.run)) {
            guard name.utf8.count == 6, let number = Int(name) else { continue }
            let layout = NodeLayout(flow: run.flow, run: run.run, group: number)
            guard let bytes = try await objects.read(try layout.orders) else { continue }
            let book = try OrderBook(bytes)
            let names = book.attempts.map { order in
                AttemptName(
                    step: StepName(order.assignment.step), task: TaskID(order.assignment.task),
                    attempt: AttemptNumber(order.assignment.attempt))
            }
            var group = Group(
                number: number, names: names, isGang: book.attempts.contains { $0.assignment.parallel != nil }, jobs: nil)
            if let bytes = try await objects.read(try layout.jobs), let known = SubmittedJobs(bytes), known.ids.count == names.count {
                group.jobs = known.ids
            }
            groups.append(group)
        }
        return groups
    }
}

/// Why a run cannot be gone on with.
package enum AttachmentError: DiagnosticError {
    /// What is recorded does not come out of the flow as it is given.
    case differs(run: RunKey, task: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .differs(let run, let task):
            Diagnostic(
                .user, "the record of \(run.flow)/\(run.run) does not go with its flow: the task \(task) would not have come about like that",
                details: ["nothing was changed"],
                help: "start a new run that takes over what was done: python FLOWFILE resume --origin-run-id \(run.run)")
        }
    }
}
