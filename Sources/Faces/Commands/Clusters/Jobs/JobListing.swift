import Clusters
import FlowModel
import Ledger
import RunDriver

/// Jobs of runs as a person or a program gets to see them.
struct JobListing {
    private(set) var jobs: [(run: RunKey, job: RunJobs.Job)] = []
    /// What the cluster says of a job, one fact a line, where that was asked for.
    private var facts: [JobID: [String]] = [:]

    mutating func add(_ found: [RunJobs.Job], of run: RunKey) {
        jobs += found.map { (run, $0) }
    }

    mutating func add(facts lines: [String], of job: JobID) { facts[job] = lines }

    /// The facts that were asked for.
    var lines: [String] { jobs.flatMap { facts[$0.job.id] ?? [] } }

    func table() -> TextTable {
        var table = TextTable("RUN", "TASK", ">ATTEMPT", "CLUSTER", "JOB", "STATE", "NODE", "REASON")
        for (run, job) in jobs {
            let place = AttemptPlace(job.attempt)
            table.add(
                .init(run.run.text), .init("\(place.step)/\(place.task)"), .init(place.attempt), .init(job.executor),
                .init(job.id.text), .init(job.state.word, job.state.style), .init(job.state.node ?? ""), .init(job.state.reason ?? ""))
        }
        return table
    }

    func json() throws -> JSONText {
        try JSONText(
            jobs.map { run, job in
                let place = AttemptPlace(job.attempt)
                return JobOutput(
                    flow: run.flow.text, run: run.run.text, step: place.step, task: place.task, attempt: Int(place.attempt),
                    cluster: job.executor, job: job.id.text, state: job.state.word, node: job.state.node, reason: job.state.reason,
                    facts: facts[job.id])
            })
    }
}

/// A job, as `--json` prints it. What does not apply is left out.
struct JobOutput: Encodable {
    var flow: String
    var run: String
    var step: String
    var task: String
    /// From 0.
    var attempt: Int?
    /// `slurm`, `kubernetes` or `batch`.
    var cluster: String
    var job: String
    /// `pending`, `running`, or `unknown` for one that its cluster does not know: it may not have begun, or be over.
    var state: String
    var node: String?
    /// Why it waits.
    var reason: String?
    /// Whatever the cluster knows of it, where one task was asked for.
    var facts: [String]?
}

/// `step/task/attempt` in its parts.
struct AttemptPlace {
    let step: String
    let task: String
    let attempt: String

    init(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        step = parts.first ?? ""
        task = parts.count > 1 ? parts[1] : ""
        attempt = parts.count > 2 ? parts[2] : ""
    }
}

extension JobState {
    fileprivate var word: String {
        switch self {
        case .pending: "pending"
        case .running: "running"
        case .ended: "ended"
        case .unknown: "unknown"
        }
    }

    fileprivate var style: Style {
        switch self {
        case .running: .cyan
        case .pending, .ended, .unknown: .dim
        }
    }

    fileprivate var node: String? {
        switch self {
        case .running(let node): node
        case .ended(let ending): ending.node
        case .pending, .unknown: nil
        }
    }

    fileprivate var reason: String? {
        switch self {
        case .pending(let reason): reason
        case .ended(let ending): ending.message
        case .running, .unknown: nil
        }
    }
}
