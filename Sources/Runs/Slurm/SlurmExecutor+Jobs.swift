package import Clusters

extension SlurmExecutor {
    /// How many arguments a call has.
    private static let argumentCount = 1000

    package func cancel(_ jobs: [JobID]) async throws(ClusterError) {
        let strangers = memory.with { $0.strangers }
        let ids = jobs.compactMap { SlurmJobID($0) }.filter { !strangers.contains($0.job) }
        let targets = Dictionary(grouping: ids, by: \.job).sorted { $0.key < $1.key }.map { job, parts -> String in
            let tasks = parts.compactMap { part in if case .array(let index) = part.place { index } else { nil } }
            return tasks.isEmpty ? "\(job)" : "\(job)_[\(TaskRanges(tasks))]"
        }
        var rest = targets[...]
        while !rest.isEmpty {
            let answer = try await commands.run(.scancel, Array(rest.prefix(Self.argumentCount)), patience: patience)
            rest = rest.dropFirst(Self.argumentCount)
            let complaint = SlurmComplaint(action: "cancel jobs", answer: answer)
            guard answer.isGood || complaint.isOfGoneJobs else { throw complaint.error }
        }
    }

    package func describe(_ job: JobID) async throws(ClusterError) -> [String] {
        guard let id = SlurmJobID(job) else { return ["\(job) is no job of Slurm"] }
        let answer = try await commands.run(.scontrol, ["--oneliner", "show", "job", id.slurmText], patience: patience)
        var facts: [String]
        if answer.isGood {
            facts = JobFacts(answer.output).lines
        } else {
            let complaint = SlurmComplaint(action: "describe the job", answer: answer)
            guard complaint.isOfGoneJobs else { throw complaint.error }
            facts = ["the controller does not know the job any more"]
            let known = memory.with { $0.keepsAccounts }
            if known != false {
                facts += (try await accounted(["--jobs=\(id.slurmText)", "--starttime=\(Self.past)"]) ?? []).map { "accounts: \($0.state.sentence)" }
            }
        }
        return facts + (await output.lastLines(of: id)).map { "output: \($0)" }
    }
}

extension SlurmExecutor {
    /// Files of jobs that have printed nothing go.
    package func runIsOver(_ run: String) async {
        let text = SlurmJobName.text(of: run)
        let jobs = memory.with { contents in Set(contents.names.filter { $0.value.run == text }.keys) }
        await output.removeEmpty(of: jobs)
    }
}

/// What a person wants to know of a job, of `scontrol show job`.
struct JobFacts {
    private static let told: [(key: String, name: String)] = [
        ("JobId", "job"), ("JobName", "name"), ("JobState", "state"), ("Reason", "reason"), ("ExitCode", "exit code"), ("NodeList", "node"),
        ("BatchHost", "host"), ("Partition", "partition"), ("Account", "account"), ("QOS", "qos"), ("TimeLimit", "time limit"), ("RunTime", "run time"),
        ("SubmitTime", "submitted"), ("StartTime", "started"), ("EndTime", "ended"), ("NumCPUs", "cpus"), ("MinMemoryNode", "memory"), ("Restarts", "restarts"),
        ("StdOut", "output file"),
    ]

    let lines: [String]

    /// - Parameter text: words of `Key=value`; those of an array's tasks stand in lines of their own, of which the first counts.
    init(_ text: String) {
        var values: [Substring: Substring] = [:]
        for word in (text.split(whereSeparator: \.isNewline).first ?? "").split(separator: " ") {
            let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if sides.count == 2, values[sides[0]] == nil { values[sides[0]] = sides[1] }
        }
        lines = Self.told.compactMap { key, name in
            guard let value = values[key[...]], !["", "None", "(null)", "N/A", "Unknown"].contains(value) else { return nil }
            return "\(name): \(value.prefix(300))"
        }
    }
}

extension JobState {
    fileprivate var sentence: String {
        switch self {
        case .pending(let reason): "pending" + (reason.map { " (\($0))" } ?? "")
        case .running(let node): "running" + (node.map { " on \($0)" } ?? "")
        case .ended(let ending): "\(ending.cause)" + (ending.node.map { " on \($0)" } ?? "") + (ending.message.map { ": \($0)" } ?? "")
        case .unknown: "unknown"
        }
    }
}
