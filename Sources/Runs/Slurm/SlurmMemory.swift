import Clusters
import Synchronization

/// What an executor has learned of its cluster.
final class SlurmMemory: Sendable {
    struct Contents {
        /// The names of jobs by their numbers. A controller that has lost its newest jobs gives their numbers away again: a job of
        /// another name is another one.
        var names: [Int: SlurmJobName] = [:]
        /// Numbers that belong to jobs of others, as a listing has shown.
        var strangers: Set<Int> = []
        /// The runs whose jobs were submitted or looked for, as names have them.
        var runs: Set<String> = []
        /// The keys that accounts were searched for.
        var searched: Set<SlurmJobName> = []
        /// Nothing until it was tried.
        var keepsAccounts: Bool?
        var groupLimit: Int?
        /// When accounts were last asked for jobs, by number.
        var asked: [Int: ContinuousClock.Instant] = [:]
        /// How often jobs that are held were released, and when for the last time, as listings name them.
        var released: [String: (count: Int, last: ContinuousClock.Instant)] = [:]
    }

    private let contents = Mutex(Contents())

    func with<Value: Sendable>(_ body: (inout sending Contents) -> sending Value) -> Value { contents.withLock(body) }

    /// Remembers jobs as those of groups.
    func learn(_ jobs: some Sequence<ListedJob>) {
        let named = jobs.compactMap { job in job.name.map { (job.job, $0) } }
        contents.withLock { contents in for (job, name) in named { contents.names[job] = name } }
    }

    /// The rows of jobs that had their numbers when they were submitted. Which numbers others have is remembered.
    func own(among rows: [ListedJob]) -> [ListedJob] {
        let (own, others) = rows.reduce(into: ([ListedJob](), Set<Int>())) { if isSame($1) { $0.0.append($1) } else { $0.1.insert($1.job) } }
        with { contents in
            contents.strangers.formUnion(others)
            contents.strangers.subtract(own.map(\.job))
        }
        return own
    }

    /// Whether a row is about the job that had its number when it was submitted.
    func isSame(_ row: ListedJob) -> Bool {
        contents.withLock { contents in
            if let known = contents.names[row.job] { return row.name == known }
            guard let name = row.name else { return false }
            return contents.runs.isEmpty || contents.runs.contains(name.run)
        }
    }
}
