import AsyncHTTPClient
import Clusters
import FoundationEssentials
import NIOCore

/// Follows the jobs and pods of one run in one namespace: a list at first, then what a watch tells, so that asking costs nothing. A watch
/// that breaks is taken up where it ended; where the cluster no longer knows that place (410), the next question lists anew.
actor RunWatch {
    /// How long one watch lasts before it is opened again, in seconds: what a dead connection may hide at most.
    private static let seconds: Int64 = 60
    /// How long a watch goes on that nobody asks, in seconds.
    private static let idle = Duration.seconds(300)
    private static let pageSize = 500

    private let connection: APIConnection
    private let namespace: String
    private let runKey: String
    private let patience: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private(set) var table = JobTable()
    /// Counts lists; a watch belongs to one.
    private var generation = 0
    private var isCurrent = false
    private var listing: Task<Result<Void, ClusterError>, Never>?
    private var watches: [Task<Void, Never>] = []
    private var lastAsked: ContinuousClock.Instant

    init(
        _ connection: APIConnection, namespace: String, runKey: String, patience: Duration,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.connection = connection
        self.namespace = namespace
        self.runKey = runKey
        self.patience = patience
        self.now = now
        lastAsked = now()
    }

    deinit { for watch in watches { watch.cancel() } }

    // MARK: Questions

    func states(of places: [JobPlace]) async throws(ClusterError) -> [JobPlace: JobState] {
        try await bringUpToDate()
        let moment = now()
        return Dictionary(places.map { ($0, table.state(of: $0, now: moment, patience: patience)) }) { first, _ in first }
    }

    func known() async throws(ClusterError) -> [(place: JobPlace, identity: JobTable.Identity, state: JobState)] {
        try await bringUpToDate()
        let moment = now()
        return table.known.map { ($0.place, $0.identity, table.state(of: $0.place, now: moment, patience: patience)) }
    }

    /// What was just made is known before the watch tells.
    func note(_ job: JobObject) { table.put(job, in: namespace) }

    func markCancelled(_ jobs: Set<JobPlace>) { table.markCancelled(jobs) }

    func settle(_ place: JobPlace, _ ending: JobEnding) { table.settle(place, ending) }

    // MARK: Lists

    private func bringUpToDate() async throws(ClusterError) {
        lastAsked = now()
        guard !isCurrent else { return }
        let running = listing ?? Task { await self.list() }
        listing = running
        let result = await running.value
        if listing == running { listing = nil }
        try result.get()
    }

    private func list() async -> Result<Void, ClusterError> {
        do throws(ClusterError) {
            let (jobs, jobsVersion) = try await pages(.jobs, JobObject.self)
            let (pods, podsVersion) = try await pages(.pods, PodObject.self)
            for watch in watches { watch.cancel() }
            generation += 1
            table.beginAgain()
            for job in jobs { table.put(job, in: namespace) }
            let moment = now()
            for pod in pods { table.put(pod, in: namespace, now: moment) }
            isCurrent = true
            watches = [
                follow(.jobs, JobObject.self, from: jobsVersion) { watch, type, job in watch.apply(type, job) },
                follow(.pods, PodObject.self, from: podsVersion) { watch, type, pod in watch.apply(type, pod) },
            ]
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private func pages<Item: Decodable & Sendable>(
        _ resource: APIResource, _ type: Item.Type
    ) async throws(ClusterError) -> (items: [Item], version: String) {
        var items: [Item] = []
        var next: String?
        var restarts = 0
        while true {
            var query = [("labelSelector", JobLabels.selector(runKey: runKey)), ("limit", String(Self.pageSize))]
            if let next { query.append(("continue", next)) }
            let call = APICall(.list, resource, in: namespace, query: query)
            let answer = try await connection.send(call)
            // The list took too long to go on with: from the start.
            if answer.status == 410, next != nil, restarts < 3 {
                (items, next, restarts) = ([], nil, restarts + 1)
                continue
            }
            guard answer.status == 200 else { throw APIFailure.error(answer, call, connection.access) }
            guard let page = try? JSONDecoder().decode(ObjectList<Item>.self, from: Data(answer.body)), let metadata = page.metadata else {
                throw APIFailure.garbled(call, connection.access)
            }
            items += page.items ?? []
            guard let more = metadata.continue, !more.isEmpty else { return (items, metadata.resourceVersion ?? "") }
            guard more != next else { throw APIFailure.garbled(call, connection.access) }
            next = more
        }
    }

    // MARK: Watches

    private func apply(_ type: String, _ job: JobObject) {
        if type == "DELETED" { table.remove(job, in: namespace) } else { table.put(job, in: namespace) }
    }

    private func apply(_ type: String, _ pod: PodObject) {
        if type == "DELETED" { table.remove(pod, in: namespace, now: now()) } else { table.put(pod, in: namespace, now: now()) }
    }

    private func follow<Item: Decodable & Sendable>(
        _ resource: APIResource, _ type: Item.Type, from version: String,
        _ apply: @escaping @Sendable (isolated RunWatch, String, Item) -> Void
    ) -> Task<Void, Never> {
        let (own, connection, namespace) = (generation, connection, namespace)
        let selector = JobLabels.selector(runKey: runKey)
        return Task { [weak self] in
            var reader = WatchReader<Item>(version: version)
            var failures = 0
            while !Task.isCancelled, await self?.isWanted(own) == true {
                let call = APICall(
                    .watch, resource, in: namespace,
                    query: [
                        ("labelSelector", selector), ("watch", "1"), ("allowWatchBookmarks", "true"),
                        ("timeoutSeconds", String(Self.seconds)), ("resourceVersion", reader.version),
                    ])
                let start = ContinuousClock.now
                let end = await Self.read(call, connection, &reader) { type, item in
                    await self?.take(own) { watch in apply(watch, type, item) }
                }
                switch end {
                case .lost: return await self?.lose(own) ?? ()
                case .ended: failures = 0
                case .broken:
                    failures += 1
                    if failures > 3 { return await self?.lose(own) ?? () }
                }
                // A server that ends watches at once is not asked in a loop.
                if ContinuousClock.now - start < .seconds(1) { try? await ContinuousClock().sleep(for: .milliseconds(500 << failures)) }
            }
        }
    }

    private enum End {
        case ended, broken, lost
    }

    private static func read<Item: Decodable & Sendable>(
        _ call: APICall, _ connection: APIConnection, _ reader: inout WatchReader<Item>, _ take: (String, Item) async -> Void
    ) async -> End {
        do {
            let (status, body) = try await connection.watch(call, seconds: seconds)
            guard status == 200 else { return status == 429 || status >= 500 ? .broken : .lost }
            reader.begin()
            for try await part in body {
                for event in try reader.events(in: part) { await take(event.type, event.object) }
            }
            return .ended
        } catch is WatchFault {
            return .lost
        } catch {
            return .broken
        }
    }

    private func take(_ own: Int, _ body: @Sendable (isolated RunWatch) -> Void) {
        if own == generation { body(self) }
    }

    /// Whether a watch is to go on: it is of the last list, and someone has asked lately.
    private func isWanted(_ own: Int) -> Bool {
        guard own == generation, isCurrent else { return false }
        if now() - lastAsked > Self.idle { isCurrent = false }
        return isCurrent
    }

    private func lose(_ own: Int) {
        if own == generation { isCurrent = false }
    }
}
