package import Clusters
import FlowModel

extension SlurmExecutor {
    package func submit(_ group: JobGroup) async throws(ClusterError) -> [JobID] {
        guard case .slurm(let asked) = group.request.place, !group.attempts.isEmpty else {
            throw ClusterError("slurm", .refused, "the group \(group.key) is not one for Slurm")
        }
        let name = SlurmJobName(group.key, nodes: group.isGang ? group.attempts.count : nil)
        let variables = try SubmissionVariables(settings: commands.settings, program: group.program).all
        memory.with { $0.runs.insert(name.run) }
        let found = group.isNew ? [] : try await earlier(name, group)
        if !found.isEmpty { return try adopted(found, as: group, name) }
        try await output.prepare()
        let arguments = SubmissionArguments(
            group: group, options: asked.completed(by: commands.settings), name: name, output: output.pattern(isArray: Self.isArray(group)))
        let script = JobScript(group: group).text
        // A submission that was begun is heard to its end: what has come of one that is broken off, nobody knows.
        let (commands, patience) = (commands, patience)
        let submission = Task {
            try await commands.run(.sbatch, arguments.all, input: script, environment: variables, patience: patience * 2.5)
        }
        let answer: SlurmCommands.Answer
        do {
            answer = try await submission.value
        } catch {
            throw error as? ClusterError ?? ClusterError("slurm", .notSetUp, "cannot run sbatch", details: ["\(error)"])
        }
        if answer.isGood, let job = Self.number(answer.output) {
            memory.with { $0.names[job] = name }
            return Self.ids(job, of: group)
        }
        let complaint = SlurmComplaint(action: "submit the jobs of step '\(group.step)'", answer: answer, otherwise: .refused)
        guard answer.isGood || complaint.isLost else { throw complaint.error }
        // Whether it was heard, the cluster knows.
        let arrived = try await listed(["--name=\(name)"], after: complaint).filter { $0.name == name }
        if !arrived.isEmpty { return try adopted(arrived, as: group, name) }
        if answer.isGood {
            throw ClusterError(
                "slurm", .garbled, "cannot submit the jobs of step '\(group.step)': sbatch told no number of a job",
                details: answer.output.split(whereSeparator: \.isNewline).suffix(5).map { String($0.prefix(200)) })
        }
        throw complaint.error
    }

    /// The number in `1234` or `1234;cluster`, which a wrapper of the site may have surrounded with lines of its own.
    private static func number(_ output: String) -> Int? {
        let numbers = output.split(whereSeparator: \.isNewline).compactMap { line -> Int? in
            let word = line.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
            let rest = line.dropFirst(word.count)
            return rest.isEmpty || rest.hasPrefix(";") || rest.allSatisfy(\.isWhitespace) ? SlurmJobID.number(word) : nil
        }
        return numbers.count == 1 && numbers[0] > 0 ? numbers[0] : nil
    }

    private static func isArray(_ group: JobGroup) -> Bool { !group.isGang && group.attempts.count > 1 }

    private static func ids(_ job: Int, of group: JobGroup) -> [JobID] {
        group.attempts.indices.map { index in
            SlurmJobID(job, group.isGang ? .node(index) : isArray(group) ? .array(index) : .alone).id
        }
    }

    // MARK: Earlier submissions

    /// The jobs of the group that the cluster knows, running or not.
    private func earlier(_ name: SlurmJobName, _ group: JobGroup) async throws(ClusterError) -> [ListedJob] {
        let queued = try await listed(["--name=\(name)"], after: nil).filter { $0.name == name }
        if !queued.isEmpty { return queued }
        // Those that have ended a while ago stand in the accounts alone. A run that has no group there is a new one, which needs
        // asking once.
        let (keepsAccounts, isKnown) = memory.with { ($0.keepsAccounts, $0.searched.contains(name)) }
        if keepsAccounts == false || isKnown { return [] }
        let numbers = max(0, group.key.number - 200)...(group.key.number + 200)
        let names = [name] + numbers.map { SlurmJobName(JobGroupKey(run: group.key.run, number: $0)) }
        let list = names.map(\.description).joined(separator: ",")
        // A database that does not answer keeps nobody from submitting: what has ended has left its report.
        guard let rows = (try? await accounted(["--name=\(list)", "--starttime=\(Self.past)"])) ?? nil else { return [] }
        let present = Set(rows.compactMap(\.name))
        memory.learn(rows)
        memory.with { contents in contents.searched.formUnion(names.filter { !present.contains($0) }) }
        return rows.filter { $0.name == name }
    }

    /// The ids of jobs that were submitted before, in the order of the group. Where there are two of them, since the first one was not
    /// seen when it was looked for, the first one counts.
    private func adopted(_ rows: [ListedJob], as group: JobGroup, _ name: SlurmJobName) throws(ClusterError) -> [JobID] {
        let job = rows.map(\.job).min() ?? 0
        memory.with { $0.names[job] = name }
        return Self.ids(job, of: group)
    }
}
