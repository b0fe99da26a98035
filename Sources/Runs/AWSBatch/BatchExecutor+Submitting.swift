package import Clusters
import FlowModel
import ObjectStores
import PackageSources

extension BatchExecutor {
    package func submit(_ group: JobGroup) async throws(ClusterError) -> [JobID] {
        let (options, image) = try Self.checked(group)
        let queue = options.queue ?? ""
        let platform = try await queues.platform(of: queue)
        try platform.check(group.request, options, isGang: group.isGang, queue: queue)
        let definition = JobDefinition(
            image: image, program: group.program, memory: group.request.resources.memory ?? BatchSettings.usualResources.memory ?? 4096,
            sharedMemory: group.request.resources.sharedMemory, options: options, platform: platform,
            nodes: group.isGang ? group.attempts.count : nil)
        let arn = try await definitions.arn(of: definition)
        let submission = JobSubmission(
            group: group, options: options, platform: platform, queue: queue, definition: arn, region: client.service.region,
            names: JobNames(run: group.key.run))
        let known = try await earlierJobs(of: group.key, queue)
        do throws(ClusterError) {
            return group.isGang ? try await submitGang(submission, known) : try await submitJobs(submission, known)
        } catch {
            if error.fault == .refused { definitions.forget(definition) }
            throw error
        }
    }

    /// What can be said before Batch is asked.
    private static func checked(_ group: JobGroup) throws(ClusterError) -> (options: BatchOptions, image: String) {
        guard case .batch(let options) = group.request.place, !group.attempts.isEmpty else {
            throw error(.refused, "the step '\(group.step)' is not one for AWS Batch")
        }
        guard options.queue != nil else {
            throw error(
                .notSetUp, "no job queue of AWS Batch is named for step '\(group.step)'",
                help: "name it with queue=, or set METAFLOW_BATCH_JOB_QUEUE")
        }
        guard options.jobRole != nil else {
            throw error(
                .notSetUp, "no role is named in which step '\(group.step)' reads and writes the datastore",
                help: "name it with iam_role=, or set METAFLOW_ECS_S3_ACCESS_IAM_ROLE")
        }
        guard let image = group.request.image, !image.isEmpty else {
            throw error(
                .notSetUp, "no image is named for step '\(group.step)'", help: "name it with image=, or set METAFLOW_BATCH_CONTAINER_IMAGE")
        }
        if !options.secrets.isEmpty, options.executionRole == nil {
            throw error(
                .notSetUp, "no role is named in which AWS Batch fetches the secrets of step '\(group.step)'",
                help: "name it with execution_role=, or set METAFLOW_ECS_FARGATE_EXECUTION_ROLE")
        }
        let seconds = JobSubmission.seconds(group.request.timeLimit)
        guard seconds >= JobSubmission.shortestTimeLimit else {
            throw error(
                .refused, "step '\(group.step)' may take \(seconds) seconds, and AWS Batch allows no limit below \(JobSubmission.shortestTimeLimit)",
                help: "write @timeout(seconds=\(JobSubmission.shortestTimeLimit)), or more")
        }
        return (options, image)
    }

    // MARK: Earlier submissions

    /// The jobs of a group that Batch has, in whatever state, by their names. Of several with one name the oldest counts, and the others
    /// are ended.
    private func earlierJobs(of key: JobGroupKey, _ queue: String) async throws(ClusterError) -> [String: JobReport] {
        try await jobs(named: "\(JobNames(run: key.run).prefix(group: key.number))*", queue)
    }

    private func jobs(named name: String, _ queue: String) async throws(ClusterError) -> [String: JobReport] {
        let listed = try await client.pages("jobSummaryList") { .list(queue, named: name, after: $0) }
        var jobs: [String: JobReport] = [:]
        var extra: [JobID] = []
        for report in listed.compactMap({ JobReport($0) }) {
            guard let other = jobs[report.name] else {
                jobs[report.name] = report
                continue
            }
            let (kept, dropped) = (report.created, report.id) < (other.created, other.id) ? (report, other) : (other, report)
            jobs[report.name] = kept
            if !dropped.state.isOver { extra.append(JobID(dropped.id)) }
        }
        if !extra.isEmpty { try await cancel(extra) }
        return jobs
    }

    // MARK: Submitting

    private func submitGang(_ submission: JobSubmission, _ known: [String: JobReport]) async throws(ClusterError) -> [JobID] {
        let (name, body) = try submission.gang()
        let id = if let job = known[name] { job.id } else { try await submit(name, body, submission.queue) }
        return submission.group.attempts.indices.map { NodeID(job: id, node: $0).id }
    }

    private func submitJobs(_ submission: JobSubmission, _ known: [String: JobReport]) async throws(ClusterError) -> [JobID] {
        var ids: [Int: String] = [:]
        var missing: [(index: Int, name: String, body: [String: JSONValue])] = []
        for index in submission.group.attempts.indices {
            let (name, body) = try submission.job(index)
            if let job = known[name] { ids[index] = job.id } else { missing.append((index, name, body)) }
        }
        let (done, failure) = await inParallelAsFarAsPossible(missing) { job throws(ClusterError) in
            try await submit(job.name, job.body, submission.queue)
        }
        for (job, id) in done { ids[job.index] = id }
        if let failure {
            // What Batch refuses, it refuses again: then nothing stays half done. Otherwise another try finds these jobs.
            if !failure.isTransient { try? await cancel(ids.values.map { JobID($0) }) }
            throw failure
        }
        return submission.group.attempts.indices.compactMap { ids[$0].map { JobID($0) } }
    }

    /// How often a job whose answer got lost is looked for, and after how long: Batch's lists come a moment late.
    private static let looks: [Duration] = [.seconds(1), .seconds(3), .seconds(8)]

    /// Submits a job once. One whose answer got lost is looked for before it is submitted again.
    private func submit(_ name: String, _ body: [String: JSONValue], _ queue: String) async throws(ClusterError) -> String {
        var said = ""
        for _ in 0..<3 {
            do throws(BatchFault) {
                if let id = try await client.ask(.submit(body))["jobId"]?.text { return id }
                said = "its answer to SubmitJob names no job"
            } catch {
                guard case .lost(let words) = error else { throw error.error }
                said = words
            }
            for pause in Self.looks {
                do { try await client.options.sleep(pause) } catch { throw Self.error(.unreachable, "a request to AWS Batch was cancelled") }
                if let job = try await jobs(named: name, queue)[name] { return job.id }
            }
        }
        throw Self.error(
            .unreachable, "AWS Batch at \(client.service.origin) did not take the job \(name)", details: [said],
            help: "the job may be there all the same; the next submission of the run looks for it")
    }
}
