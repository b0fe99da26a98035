package import Clusters
package import FlowModel
import FoundationEssentials

/// What a row works with: a run of its own on a bench, and ways to ask and to wait.
package struct ContractScene: Sendable {
    let bench: any ClusterBench
    let executor: any ClusterExecutor
    /// `ContractFlow/` and a number that no other row has.
    let run: String

    init(on bench: any ClusterBench, run: String? = nil) async throws {
        self.bench = bench
        executor = try await bench.executor()
        self.run = run ?? "ContractFlow/\(UInt64.random(in: 1_000_000_000_000_000...9_999_999_999_999_999))"
    }

    // MARK: Groups

    func group(
        _ number: Int = 0, of count: Int = 1, run: String? = nil, flow: FlowName = "ContractFlow", step: StepName = "work",
        user: String = "someone", isGang: Bool = false, asking request: ComputeRequest? = nil,
        variables: [String: String] = [:], script: String = ":\n"
    ) -> JobGroup {
        JobGroup(
            key: JobGroupKey(run: run ?? self.run, number: number), flow: flow, step: step, username: user,
            attempts: (0..<count).map { "\(step)/\($0 + 1)/0" }, isGang: isGang, request: request ?? bench.request,
            program: NodeProgram(script: script, variables: variables))
    }

    func submit(_ group: JobGroup) async throws -> [JobID] {
        let ids = try await executor.submit(group)
        try require(ids.count == group.attempts.count, "\(group.attempts.count) jobs were submitted, and \(ids.count) ids came back")
        try require(Set(ids).count == ids.count, "two jobs have the same id among \(ids)")
        return ids
    }

    /// A script that runs until the file is there, two minutes at most.
    func waiting(for file: String) -> String {
        "n=0\nwhile [ ! -e \(quoted(path(file))) ] && [ $n -lt 120 ]; do sleep 1; n=$((n + 1)); done\n"
    }

    // MARK: Waiting

    func wait<Value>(for what: String, _ value: () async throws -> Value?) async throws -> Value {
        for _ in 0..<bench.patience {
            if let value = try await value() { return value }
            try await bench.pass()
        }
        throw ContractBreach("waited in vain for \(what)")
    }

    func state(of job: JobID) async throws -> JobState {
        guard let state = try await executor.poll([job])[job] else { throw ContractBreach("a poll says nothing of job \(job)") }
        return state
    }

    /// How jobs end, in their order; waits for it.
    func endings(of jobs: [JobID]) async throws -> [JobEnding] {
        var open = Set(jobs)
        var endings: [JobID: JobEnding] = [:]
        return try await wait(for: "the end of \(jobs.count) jobs") {
            for (job, state) in try await executor.poll(jobs.filter(open.contains)) {
                guard case .ended(let ending) = state else { continue }
                endings[job] = ending
                open.remove(job)
            }
            return open.isEmpty ? jobs.compactMap { endings[$0] } : nil
        }
    }

    /// Waits until none of the jobs is queued or running; a cluster may forget those that were cancelled.
    func gone(_ jobs: [JobID]) async throws -> [JobState] {
        try await wait(for: "the end of jobs \(jobs.prefix(3))") {
            let states = try await executor.poll(jobs)
            let known = jobs.compactMap { states[$0] }
            return known.allSatisfy { $0.isOver || $0 == .unknown } ? known : nil
        }
    }

    func running(_ jobs: [JobID]) async throws {
        try await wait(for: "jobs \(jobs.prefix(3)) to run") {
            let states = try await executor.poll(jobs)
            return jobs.allSatisfy { if case .running = states[$0] { true } else { false } } ? () : nil
        }
    }

    // MARK: What jobs leave

    func path(_ name: String) -> String {
        let number = run.split(separator: "/").last ?? ""
        return "\(bench.evidence ?? "/nowhere")/\(number)-\(name)"
    }

    func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }

    func make(_ name: String) throws { try Data().write(to: URL(filePath: path(name))) }

    /// The bytes of a file; waits for it, since file systems of clusters may be slow.
    func left(_ name: String) async throws -> [UInt8] {
        try await wait(for: "what a job leaves as \(name)") {
            FileManager.default.contents(atPath: path(name)).map { Array($0) }
        }
    }
}
