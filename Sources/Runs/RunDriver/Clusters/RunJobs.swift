package import Clusters
package import FlowModel
package import Ledger
import Nodes
package import ObjectStores
import WorkerProtocol

/// The jobs of a run, by what its engine has noted in the datastore. Whoever asks need not be that engine.
package struct RunJobs: Sendable {
    package struct Job: Sendable {
        package var executor: String
        package var id: JobID
        /// As `step/task/attempt`.
        package var attempt: String
        /// Never over: a job that has ended, or whose attempt has reported, is left out. One that its cluster does not know is
        /// `.unknown`.
        package var state: JobState
    }

    /// A group that has orders.
    private struct Group: Sendable {
        var layout: NodeLayout
        /// Nothing when the engine ended between the submission and its note.
        var submitted: SubmittedJobs?
    }

    private let run: RunKey
    private let objects: any ObjectStore
    private let groups: [Group]

    /// - Throws: `ObjectStoreError`
    package init(of run: RunKey, in objects: any ObjectStore) async throws {
        self.run = run
        self.objects = objects
        var groups: [Group] = []
        for folder in try await Self.folders(NodeLayout.prefix(flow: run.flow, run: run.run), in: objects) {
            guard let number = Int(folder) else { continue }
            let layout = NodeLayout(flow: run.flow, run: run.run, group: number)
            let bytes = try await objects.read(try layout.jobs)
            groups.append(Group(layout: layout, submitted: bytes.flatMap { SubmittedJobs($0) }))
        }
        self.groups = groups
    }

    /// The runs of a flow whose engines and nodes have something to tell each other, or had when the engine died.
    package static func runs(of flow: FlowName, in objects: any ObjectStore) async throws -> [RunKey] {
        try await folders("attempts/\(flow)/", in: objects).map { RunKey(flow: flow, run: RunID($0)) }
    }

    /// The names of what lies below a prefix that ends with `/`.
    private static func folders(_ prefix: String, in objects: any ObjectStore) async throws -> [String] {
        var names: [String] = []
        var position: String?
        repeat {
            let page = try await objects.list(prefix, byFolder: true, from: position)
            names += page.folders.map { String($0.dropFirst(prefix.count).dropLast()) }
            position = page.next
        } while position != nil
        return names
    }

    /// The executors that have jobs of the run.
    package var executors: Set<String> { Set(groups.compactMap { $0.submitted?.executor }) }

    /// Those that one executor has, in the order of their submission.
    ///
    /// - Throws: `ClusterError`, `ObjectStoreError`, `OrderFault`
    package func jobs(on executor: any ClusterExecutor) async throws -> [Job] {
        var jobs: [Job] = []
        for group in groups {
            guard let submitted = group.submitted, submitted.executor == executor.name else { continue }
            let (reported, claims) = try await said(in: group)
            for (index, (attempt, id)) in zip(submitted.attempts, submitted.ids).enumerated() where !reported.contains(index) {
                let runner = claims[index].flatMap { submitted.ids.indices.contains($0) ? submitted.ids[$0] : nil }
                jobs.append(Job(executor: executor.name, id: runner ?? id, attempt: attempt, state: .unknown))
            }
        }
        let states = try await executor.poll(jobs.map(\.id))
        for index in jobs.indices { jobs[index].state = states[jobs[index].id] ?? .unknown }
        jobs += try await unnoted(on: executor)
        return jobs.filter { !$0.state.isOver }
    }

    /// The jobs of groups whose submission was not noted any more.
    private func unnoted(on executor: any ClusterExecutor) async throws -> [Job] {
        let groups = Dictionary(
            groups.filter { $0.submitted == nil }.map { ($0.layout.group, $0) }, uniquingKeysWith: { first, _ in first })
        guard !groups.isEmpty else { return [] }
        var jobs: [Job] = []
        for found in try await executor.jobs(of: "\(run.flow)/\(run.run)") {
            guard let group = groups[found.group.number], let bytes = try await objects.read(try group.layout.orders) else { continue }
            let orders = try OrderBook(bytes).attempts
            guard orders.indices.contains(found.index) else { continue }
            let order = orders[found.index].assignment
            jobs.append(
                Job(
                    executor: executor.name, id: found.id, attempt: "\(order.step)/\(order.task)/\(order.attempt)",
                    state: found.state))
        }
        return jobs
    }

    /// The attempts of a group that have reported, and which jobs do the others, as far as they were claimed.
    private func said(in group: Group) async throws -> (reported: Set<Int>, claims: [Int: Int]) {
        var (reported, claimed): (Set<Int>, Set<Int>) = ([], [])
        for info in try await objects.all(group.layout.said) {
            switch NodeLayout.word(named: info.key) {
            case .report(let index)?: reported.insert(index)
            case .claim(let index)?: claimed.insert(index)
            case .log?, .alive?, nil: break
            }
        }
        let share = GroupShare(group.layout, in: objects, job: 0)
        var claims: [Int: Int] = [:]
        for index in claimed.subtracting(reported) { claims[index] = try await share.owner(of: index) }
        return (reported, claims)
    }
}
