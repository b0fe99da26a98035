package import Clusters
import FlowModel
import ObjectStores
package import PackageSources

/// Tasks as jobs of AWS Batch: one job a task, one with several nodes for a gang.
///
/// Jobs are found again by their names, which are made from the group's key. The options of a request are completed by
/// `BatchSettings` before, and its image is named.
package struct BatchExecutor: ClusterExecutor {
    let client: BatchClient
    let queues: JobQueues
    let definitions: JobDefinitions
    /// Where jobs are looked for when the queues of the account may not be listed.
    private let usualQueue: String?

    /// DescribeJobs takes no more.
    private static let jobsAtOnce = 100
    /// Requests under way at once. AWS lets about 50 submissions a second pass.
    static let concurrency = 12

    /// - Parameters:
    ///   - environment: where endpoint, region, credentials, certificates and proxies are looked for, by the variables of AWS's tools.
    ///   - usualQueue: the one of the settings.
    ///   - options: pauses, chance, and the clock.
    /// - Throws: `.notSetUp` where nothing names a region, or what names something is wrong.
    package init(
        environment: [String: String], usualQueue: String? = nil, options: HTTPOptions = HTTPOptions()
    ) throws(ClusterError) {
        var options = options
        options.concurrentDownloads = Self.concurrency
        options.allowsHTTP2 = false
        let service: AWSService
        do throws(AWSService.SetUpFault) {
            service = try AWSService("batch", environment: environment, options: options)
        } catch {
            throw Self.error(.notSetUp, "AWS Batch cannot be used: \(error.words)")
        }
        client = BatchClient(service: service, options: options)
        queues = JobQueues(client)
        definitions = JobDefinitions(client)
        self.usualQueue = usualQueue
    }

    package var name: String { Self.name }
    private static let name = "batch"

    package var groupLimit: Int { 1_000 }

    /// Ends all connections. Not needed at the end of a process.
    package func shutdown() async { await client.service.shutdown() }

    static func error(
        _ fault: ClusterError.Fault, _ message: String, details: [String] = [], help: String? = nil
    ) -> ClusterError {
        ClusterError(name, fault, message, details: details, help: help)
    }

    // MARK: Looking

    package func poll(_ jobs: [JobID]) async throws(ClusterError) -> [JobID: JobState] {
        let wanted = jobs.map { NodeID($0) }
        // A node is not known before its job has started, and then the job's word counts.
        let ids = Array(Set(wanted.flatMap { [$0.text, $0.job] })).sorted()
        let calls = stride(from: 0, to: ids.count, by: Self.jobsAtOnce).map { start in
            BatchCall.describe(ids[start..<min(start + Self.jobsAtOnce, ids.count)])
        }
        var states: [String: JobState] = [:]
        for answer in try await inParallel(calls, { [client] call throws(ClusterError) in try await client.answer(call) }) {
            for report in (answer["jobs"]?.items ?? []).compactMap({ JobReport($0) }) { states[report.id] = report.state }
        }
        let pairs = zip(jobs, wanted).map { ($0, states[$1.text] ?? states[$1.job] ?? .unknown) }
        return Dictionary(pairs) { first, _ in first }
    }

    package func describe(_ job: JobID) async throws(ClusterError) -> [String] {
        let id = NodeID(job)
        let answer = try await client.answer(.describe(Set([id.text, id.job]).sorted()))
        let reports = (answer["jobs"]?.items ?? []).compactMap { JobReport($0) }
        let own = reports.first { $0.id == id.text } ?? reports.first { $0.id == id.job }
        return own?.facts ?? ["AWS Batch does not know the job \(job) (any more)"]
    }

    package func jobs(of run: String) async throws(ClusterError) -> [FoundJob] {
        let names = JobNames(run: run)
        let reports = try await inParallel(try await listedQueues()) { [client] queue throws(ClusterError) in
            try await client.pages("jobSummaryList") { .list(queue, named: "\(names.prefix)*", after: $0) }
        }
        var found: [FoundJob] = []
        for report in reports.joined().compactMap({ JobReport($0) }) where !report.state.isOver {
            switch names.place(of: report.name) {
            case .job(let group, let index):
                let key = JobGroupKey(run: run, number: group)
                found.append(FoundJob(group: key, index: index, id: JobID(report.id), state: report.state))
            case .gang(let group, let count):
                found += (0..<count).map { node in
                    FoundJob(
                        group: JobGroupKey(run: run, number: group), index: node, id: NodeID(job: report.id, node: node).id,
                        state: report.state)
                }
            case nil: break
            }
        }
        return found.sorted { ($0.group.number, $0.index) < ($1.group.number, $1.index) }
    }

    /// Jobs are listed by queue.
    private func listedQueues() async throws(ClusterError) -> [String] {
        let used = await queues.used
        do throws(ClusterError) {
            let all = try await client.pages("jobQueues") { .describeQueues(after: $0) }
            let type = "SAGEMAKER_TRAINING"
            return all.filter { $0["jobQueueType"]?.text != type }.compactMap { $0["jobQueueArn"]?.text ?? $0["jobQueueName"]?.text }
        } catch {
            // Whoever may not see all queues may see their own.
            let own = Set(used + [usualQueue].compactMap { $0 }).sorted()
            guard error.fault == .forbidden, !own.isEmpty else { throw error }
            return own
        }
    }

    // MARK: Ending

    package func cancel(_ jobs: [JobID]) async throws(ClusterError) {
        let ids = Set(jobs.map { NodeID($0).job }).sorted()
        _ = try await inParallel(ids) { [client] id throws(ClusterError) in
            do throws(BatchFault) {
                _ = try await client.ask(.terminate(id, reason: JobReport.cancellation))
            } catch {
                // A job that is not known (any more) is no matter.
                if case .failed(let failure, _) = error, failure.fault == .refused { return }
                throw error.error
            }
        }
    }

    /// Does all of it, some at a time.
    ///
    /// - Throws: the first failure; what has begun is brought to its end.
    func inParallel<Item: Sendable, Success: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws(ClusterError) -> Success
    ) async throws(ClusterError) -> [Success] {
        let (done, failure) = await inParallelAsFarAsPossible(items, body)
        if let failure { throw failure }
        return done.map(\.success)
    }

    /// - Returns: what was done, in the order of the items, and the first failure, after which nothing new was begun.
    func inParallelAsFarAsPossible<Item: Sendable, Success: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws(ClusterError) -> Success
    ) async -> (done: [(item: Item, success: Success)], failure: ClusterError?) {
        await withTaskGroup(of: (Int, Result<Success, ClusterError>).self) { group in
            var next = 0
            func add() {
                guard next < items.count else { return }
                let number = next
                next += 1
                group.addTask {
                    do throws(ClusterError) { return (number, .success(try await body(items[number]))) } catch { return (number, .failure(error)) }
                }
            }
            for _ in 0..<Self.concurrency { add() }
            var done: [Int: Success] = [:]
            var failure: ClusterError?
            while let (number, result) = await group.next() {
                switch result {
                case .success(let success): done[number] = success
                case .failure(let error): failure = failure ?? error
                }
                if failure == nil { add() }
            }
            return (done.sorted { $0.key < $1.key }.map { (items[$0.key], $0.value) }, failure)
        }
    }
}
