package import Clusters

extension SlurmExecutor {
    /// What an argument of a command may hold, in bytes; the system has 128 KiB.
    private static let argumentLimit = 100_000
    /// A row that accounts do not have yet is asked for again after this time.
    private static let accountsPause = Duration.seconds(30)

    private static let releasePause = Duration.seconds(10)

    package func poll(_ jobs: [JobID]) async throws(ClusterError) -> [JobID: JobState] {
        var states = Dictionary(jobs.map { ($0, JobState.unknown) }, uniquingKeysWith: { first, _ in first })
        let ids = states.keys.compactMap { id in SlurmJobID(id).map { (id, $0) } }
        if ids.isEmpty { return states }
        let rows = try await listed(selection(Set(ids.map(\.1.job))), after: nil)
        fill(&states, ids, from: rows)
        await release(rows)
        let missing = ids.filter { states[$0.0] == .unknown }
        let forgotten = memory.with { contents in
            let now = ContinuousClock.now
            let due = Set(missing.map(\.1.job)).filter { job in contents.asked[job].map { now - $0 > Self.accountsPause } ?? true }
            if contents.keepsAccounts != false { for job in due { contents.asked[job] = now } }
            return due
        }
        if !forgotten.isEmpty, memory.with({ $0.keepsAccounts }) != false {
            // Accounts that do not answer now are no news of any job.
            let numbers = forgotten.sorted().prefix(Self.argumentLimit / 11).map(String.init).joined(separator: ",")
            let told = (try? await accounted(["--jobs=\(numbers)", "--starttime=\(Self.past)"])) ?? nil
            fill(&states, missing, from: told ?? [])
        }
        return await output.completed(states)
    }

    private func fill(_ states: inout [JobID: JobState], _ ids: [(JobID, SlurmJobID)], from rows: [ListedJob]) {
        let rows = Dictionary(grouping: memory.own(among: rows), by: \.job)
        for (id, job) in ids {
            let own = rows[job.job] ?? []
            if let row = own.last(where: { $0.contains(job) }) ?? own.last(where: { $0.isRest(of: job) }) { states[id] = row.state }
        }
    }

    /// Jobs that a node could not start wait until somebody releases them. That is done three times; a node that was just restarted,
    /// or that still has an earlier job of that number, starts them then.
    private func release(_ rows: [ListedJob]) async {
        let now = ContinuousClock.now
        let held = rows.filter { $0.isHeld && memory.isSame($0) }.map(\.slurmText)
        let due = memory.with { contents in
            held.filter { job in
                let known = contents.released[job] ?? (0, now - Self.releasePause)
                guard known.count < 3, now - known.last >= Self.releasePause else { return false }
                contents.released[job] = (known.count + 1, now)
                return true
            }
        }
        // Whether it has worked shows the next listing.
        if !due.isEmpty { _ = try? await commands.run(.scontrol, ["release"] + due, patience: patience) }
    }

    /// How `squeue` is asked for jobs: by number, or for all of the person's where there are too many.
    private func selection(_ jobs: Set<Int>) -> [String] {
        let numbers = jobs.sorted().map(String.init).joined(separator: ",")
        return numbers.utf8.count <= Self.argumentLimit ? ["--jobs=\(numbers)"] : []
    }

    package func jobs(of run: String) async throws(ClusterError) -> [FoundJob] {
        let text = SlurmJobName.text(of: run)
        memory.with { $0.runs.insert(text) }
        let rows = try await listed([], after: nil).filter { $0.name?.run == text }
        memory.learn(rows)
        return rows.flatMap { row -> [FoundJob] in
            guard let name = row.name, !row.state.isOver else { return [] }
            let key = JobGroupKey(run: run, number: name.number)
            guard let tasks = row.tasks else {
                let places = name.nodes.map { (0..<min($0, 100_000)).map { SlurmJobID.Place.node($0) } } ?? [.alone]
                return places.enumerated().map { FoundJob(group: key, index: $0, id: SlurmJobID(row.job, $1).id, state: row.state) }
            }
            return tasks.indices(below: 1_000_000).map { index in
                FoundJob(group: key, index: index, id: SlurmJobID(row.job, .array(index)).id, state: row.state)
            }
        }
    }

    // MARK: Listings

    /// The person's jobs that the controller knows, ended ones for a few minutes, too.
    ///
    /// - Parameter complaint: that of a submission whose fate is asked for: where the controller cannot be asked either, it is thrown.
    func listed(_ selection: [String], after complaint: SlurmComplaint?) async throws(ClusterError) -> [ListedJob] {
        let arguments = ["--noheader", "--states=all", "--user=\(user)", "--Format=\(QueueListing.format)"] + selection
        let answer = try await commands.run(.squeue, arguments, patience: patience)
        if answer.isGood { return try QueueListing(answer.output).jobs }
        let trouble = SlurmComplaint(action: "list jobs", answer: answer)
        // One number alone that the controller does not know is an error to it.
        if trouble.isOfGoneJobs { return [] }
        throw complaint?.error ?? trouble.error
    }

    /// What the accounts say; `nil` where the cluster keeps none.
    func accounted(_ selection: [String]) async throws(ClusterError) -> [ListedJob]? {
        let answer: SlurmCommands.Answer
        do throws(ClusterError) {
            answer = try await commands.run(
                .sacct, ["--noheader", "--parsable2", "--allocations", "--user=\(user)", "--format=\(AccountsListing.format)"] + selection,
                patience: patience)
        } catch {
            guard error.fault == .notSetUp else { throw error }
            memory.with { $0.keepsAccounts = false }
            return nil
        }
        if answer.isGood {
            memory.with { $0.keepsAccounts = true }
            return try AccountsListing(answer.output).jobs
        }
        if answer.complaint.lowercased().contains("accounting storage is disabled") {
            memory.with { $0.keepsAccounts = false }
            return nil
        }
        throw SlurmComplaint(action: "read the cluster's accounts", answer: answer).error
    }
}
