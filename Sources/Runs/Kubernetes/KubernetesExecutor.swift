package import Clusters
import FlowModel
import FoundationEssentials

/// Runs tasks as jobs of a Kubernetes cluster. Nothing is read or asked before the first call.
package actor KubernetesExecutor: ClusterExecutor {
    /// How many requests are under way at a time.
    private static let width = 16

    package nonisolated let name = "kubernetes"
    private let environment: [String: String]
    /// `METAFLOW_KUBERNETES_NAMESPACE`
    private let settledNamespace: String?
    private let secondsKept: Int
    private let patience: Duration
    private let accountFolder: String
    private let now: @Sendable () -> ContinuousClock.Instant
    private var connection: APIConnection?
    private var watches: [Scope: RunWatch] = [:]
    /// The groups whose secret is to be deleted when they are over: their jobs.
    private var open: [Owner: Set<JobPlace>] = [:]

    /// What one watch is about.
    private struct Scope: Hashable {
        var namespace: String
        var runKey: String
    }

    /// The name of a group's secret, and where it is.
    private struct Owner: Hashable {
        var namespace: String
        var name: String
    }

    /// - Parameters:
    ///   - environment: says where the kubeconfig is (`KUBECONFIG`, `HOME`), which context counts (`PENSTOCK_KUBERNETES_CONTEXT`) and
    ///     what plug-ins get.
    ///   - secondsKept: how long the cluster keeps jobs that have ended (`KubernetesSettings.secondsKept`).
    ///   - patience: how long a pod may wait for an image that cannot be pulled, or for what its container is made of.
    ///   - accountFolder: where pods have their service account; another one only in tests.
    package init(
        environment: [String: String], secondsKept: Int = KubernetesSettings().secondsKept, patience: Duration = .seconds(120),
        accountFolder: String = "/var/run/secrets/kubernetes.io/serviceaccount",
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.environment = environment
        settledNamespace = (try? KubernetesSettings(environment))?.options.namespace
        self.secondsKept = secondsKept
        self.patience = patience
        self.accountFolder = accountFolder
        self.now = now
    }

    package var groupLimit: Int { 1000 }

    // MARK: Submission

    package func submit(_ group: JobGroup) async throws(ClusterError) -> [JobID] {
        let connection = try connected()
        let manifests = GroupManifests(group, namespace: connection.access.namespace, secondsKept: secondsKept)
        let submission = GroupSubmission(manifests, connection, width: Self.width)
        let jobs = try await submission.run()
        let places = manifests.places
        if let place = places.first { watch(of: place, connection) }
        for job in jobs { await places.first.flatMap { watches[scope($0)] }?.note(job) }
        if manifests.secret != nil {
            open[Owner(namespace: manifests.namespace, name: manifests.names.group)] = Set(places)
        }
        return places.map(\.id)
    }

    // MARK: States

    package func poll(_ jobs: [JobID]) async throws(ClusterError) -> [JobID: JobState] {
        let connection = try connected()
        var states: [JobID: JobState] = [:]
        let places = jobs.map { ($0, JobPlace($0)) }
        for (id, place) in places where place?.runKey == nil { states[id] = .unknown }
        for (scope, members) in Dictionary(grouping: places.compactMap(\.1).filter { $0.runKey != nil }, by: { self.scope($0) }) {
            guard let place = members.first else { continue }
            let watch = watch(of: place, connection)
            let found = try await watch.states(of: members)
            for (place, state) in found { states[place.id] = state }
            await giveUp(on: found.filter { Self.isStuck($0.value) }, watch, connection)
            await tidy(scope, watch, connection)
        }
        return states
    }

    /// What never started is deleted, so that it does not start after all when another attempt is under way.
    private func giveUp(
        on stuck: [JobPlace: JobState], _ watch: RunWatch, _ connection: APIConnection
    ) async {
        guard !stuck.isEmpty else { return }
        for (place, state) in stuck {
            if case .ended(let ending) = state { await watch.settle(place, ending) }
        }
        let fresh = Set(stuck.keys.map(\.job)).subtracting(given)
        given.formUnion(fresh)
        await watch.markCancelled(fresh)
        _ = try? await delete(fresh, connection)
    }

    /// Jobs that were deleted since they did not start.
    private var given: Set<JobPlace> = []

    private static func isStuck(_ state: JobState) -> Bool {
        if case .ended(let ending) = state { ending.cause == .notStarted } else { false }
    }

    /// The secret of a group goes when its last job is over; where no engine is there to do it, it goes with the jobs.
    private func tidy(_ scope: Scope, _ watch: RunWatch, _ connection: APIConnection) async {
        for (owner, jobs) in open where jobs.first.map({ self.scope($0) }) == scope {
            guard let states = try? await watch.states(of: Array(jobs)), states.values.allSatisfy(\.isOver) else { continue }
            open[owner] = nil
            _ = try? await connection.send(APICall(.delete, .secrets, in: owner.namespace, named: owner.name))
        }
    }

    /// Reports come before the cluster tells of the ends of their jobs: the last secrets go here, also those of an engine before this one.
    package func runIsOver(_ run: String) async {
        guard let connection = try? connected() else { return }
        let runKey = JobNames.runKey(run)
        var owners = Set(open.filter { $0.value.contains { $0.runKey == runKey } }.keys)
        for (scope, watch) in watches where scope.runKey == runKey {
            owners.formUnion(await watch.table.groups.map { Owner(namespace: scope.namespace, name: $0) })
        }
        for owner in owners {
            open[owner] = nil
            _ = try? await connection.send(APICall(.delete, .secrets, in: owner.namespace, named: owner.name))
        }
    }

    // MARK: Endings

    package func cancel(_ jobs: [JobID]) async throws(ClusterError) {
        let connection = try connected()
        let places = Set(jobs.compactMap { JobPlace($0)?.job })
        for (scope, members) in Dictionary(grouping: places.filter { $0.runKey != nil }, by: { self.scope($0) }) {
            await watches[scope]?.markCancelled(Set(members))
        }
        try await delete(places, connection)
    }

    private func delete(_ places: Set<JobPlace>, _ connection: APIConnection) async throws(ClusterError) {
        let body = JSONValue.members([
            "apiVersion": .string("v1"), "kind": .string("DeleteOptions"), "propagationPolicy": .string("Background"),
        ])
        try await BoundedCalls.run(Array(places), width: Self.width) { place throws(ClusterError) in
            let call = APICall(.delete, .jobs, in: place.namespace, named: place.name, body: body)
            let answer = try await connection.send(call)
            guard (200...299).contains(answer.status) || answer.status == 404 || answer.status == 409 else {
                throw APIFailure.error(answer, call, connection.access)
            }
        }
    }

    // MARK: Finding

    /// In the namespace of the settings, else of the context, and those where this executor has been active.
    package func jobs(of run: String) async throws(ClusterError) -> [FoundJob] {
        let connection = try connected()
        let runKey = JobNames.runKey(run)
        let namespaces = Set(watches.keys.filter { $0.runKey == runKey }.map(\.namespace))
            .union([settledNamespace ?? connection.access.namespace])
        var found: [FoundJob] = []
        for namespace in namespaces.sorted() {
            let watch = watch(of: Scope(namespace: namespace, runKey: runKey), connection)
            for job in try await watch.known() where !job.state.isOver {
                guard let key = job.identity.key.flatMap(JobGroupKey.init(parsing:)), key.run == run, let index = job.identity.index else {
                    continue
                }
                found.append(FoundJob(group: key, index: index, id: job.place.id, state: job.state))
            }
        }
        return found.sorted { ($0.group.number, $0.index) < ($1.group.number, $1.index) }
    }

    package func describe(_ job: JobID) async throws(ClusterError) -> [String] {
        guard let place = JobPlace(job) else { return ["\(job) is no job of Kubernetes"] }
        return try await JobDescription(place, try connected()).lines()
    }

    // MARK: Connections

    private func connected() throws(ClusterError) -> APIConnection {
        if let connection { return connection }
        let access = try KubeConfiguration(environment: environment, accountFolder: accountFolder).access()
        let fresh = APIConnection(access, environment: environment)
        connection = fresh
        return fresh
    }

    private func scope(_ place: JobPlace) -> Scope { Scope(namespace: place.namespace, runKey: place.runKey ?? "") }

    @discardableResult
    private func watch(of place: JobPlace, _ connection: APIConnection) -> RunWatch { watch(of: scope(place), connection) }

    private func watch(of scope: Scope, _ connection: APIConnection) -> RunWatch {
        if let watch = watches[scope] { return watch }
        let watch = RunWatch(connection, namespace: scope.namespace, runKey: scope.runKey, patience: patience, now: now)
        watches[scope] = watch
        return watch
    }
}

extension JobGroupKey {
    /// As `description` writes it.
    init?(parsing text: String) {
        guard let slash = text.lastIndex(of: "/"), let number = Int(text[text.index(after: slash)...]) else { return nil }
        self.init(run: String(text[..<slash]), number: number)
    }
}

/// Many calls, a few at a time.
enum BoundedCalls {
    /// Results in the order of the elements. After a failure no further call begins, and the first failure is thrown.
    @discardableResult
    static func run<Element: Sendable, Result: Sendable>(
        _ elements: [Element], width: Int, _ body: @escaping @Sendable (Element) async throws(ClusterError) -> Result
    ) async throws(ClusterError) -> [Result] {
        let outcomes = await withTaskGroup(of: (Int, Swift.Result<Result, ClusterError>).self) { group in
            var outcomes: [Int: Swift.Result<Result, ClusterError>] = [:]
            var next = 0
            var hasFailed = false
            func begin() {
                guard next < elements.count, !hasFailed else { return }
                let (place, element) = (next, elements[next])
                next += 1
                group.addTask {
                    do throws(ClusterError) { return (place, .success(try await body(element))) } catch { return (place, .failure(error)) }
                }
            }
            for _ in 0..<width { begin() }
            for await (place, outcome) in group {
                outcomes[place] = outcome
                if case .failure = outcome { hasFailed = true }
                begin()
            }
            return outcomes
        }
        var results: [Result] = []
        for place in outcomes.keys.sorted() {
            if let outcome = outcomes[place] { results.append(try outcome.get()) }
        }
        return results
    }
}
