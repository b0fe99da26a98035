public import Diagnostics
public import Lockfiles
internal import PubGrub
public import PythonPackaging

/// Finds versions that go together, for one Python on one platform.
public struct Resolver: Sendable {
    private let source: any PackageMetadataSource
    private let target: PythonTarget
    private let options: ResolutionOptions
    private let progress: ProgressSink

    /// - Parameter progress: told about the packages that are decided, and about what a person should know.
    public init(
        source: any PackageMetadataSource, target: PythonTarget, options: ResolutionOptions = .init(),
        progress: @escaping ProgressSink = { _ in }
    ) {
        self.source = source
        self.target = target
        self.options = options
        self.progress = progress
    }

    /// A lock of the packages that meet the requirements, for this target only.
    ///
    /// Equal requirements, target, preferences and index contents give equal locks.
    ///
    /// - Parameter preferences: versions that are taken where they will do, such as those of an earlier lock.
    public func resolve(
        _ requirements: [RootRequirement], preferences: [PackageName: Version] = [:]
    ) async throws(ResolutionError) -> PyLock {
        let packages = try await packages(for: requirements, preferences: preferences)
        do {
            return try PyLock(
                [TargetAnswer(target: target, packages: packages)], answering: ResolutionRequest(requirements))
        } catch {
            throw .source(error)
        }
    }

    /// The packages that meet the requirements, in the order of their names.
    ///
    /// - Parameter preferences: versions that are taken where they will do, such as those of an earlier lock.
    public func packages(
        for requirements: [RootRequirement], preferences: [PackageName: Version] = [:]
    ) async throws(ResolutionError) -> [ResolvedPackage] {
        try await packages(for: ResolutionRequest(requirements, preferences: preferences))
    }

    /// The packages that answer a request, in the order of their names.
    ///
    /// Requirements whose marker is false for the target do not count.
    public func packages(for request: ResolutionRequest) async throws(ResolutionError) -> [ResolvedPackage] {
        var memory = ResolutionMemory()
        return try await packages(
            for: request, preferring: request.preferences.mapValues { [$0] }, memory: &memory)
    }

    /// - Parameters:
    ///   - preferences: versions that are taken where they will do, the dearest first.
    ///   - memory: what is known already, and afterwards also what was learnt.
    func packages(
        for request: ResolutionRequest, preferring preferences: [PackageName: [Version]],
        memory: inout ResolutionMemory
    ) async throws(ResolutionError) -> [ResolvedPackage] {
        let relevant = request.requirements.filter { $0.requirement.applies(in: target.markerEnvironment) }
        progress(.began(.resolving, total: nil))
        var run = ResolutionRun(relevant, preferences: preferences, target: target, options: options)
        let outcome = await drive(&run, preferences, &memory)
        let packages = try result(outcome, run)
        progress(.ended(.resolving, items: packages.count, bytes: 0))
        return packages
    }

    // MARK: - Fetching

    private typealias Arrival = (fetch: Fetch, news: ResolutionMemory.News)

    /// Performs what the run wants until it has ended.
    private func drive(
        _ run: inout ResolutionRun, _ preferences: [PackageName: [Version]], _ memory: inout ResolutionMemory
    ) async -> ResolutionRun.Progress {
        await withTaskGroup(of: Arrival.self) { group in
            defer { group.cancelAll() }
            var underWay = 0
            while true {
                let state = run.advance()
                switch state {
                case .solved, .failed, .broken: return state
                case .waiting, .unfinished: break
                }
                if Task.isCancelled { return .broken(CancellationError()) }
                var hasNews = false
                while underWay < options.concurrency, let fetch = run.nextFetch() {
                    if let known = delivery(of: fetch, run, preferences, memory) {
                        run.receive(known, for: fetch)
                        hasNews = true
                        continue
                    }
                    let file = run.file(for: fetch)
                    group.addTask { (fetch, await perform(fetch, file)) }
                    underWay += 1
                }
                if hasNews { continue }
                if case .unfinished = state {
                    await Task.yield()
                    continue
                }
                guard let arrival = await group.next() else { return .broken(CancellationError()) }
                underWay -= 1
                memory.learn(arrival.news)
                let delivery: ResolutionRun.Delivery =
                    if case .failure(let error) = arrival.news { .failure(error) } else {
                        self.delivery(of: arrival.fetch, run, preferences, memory) ?? .failure(CancellationError())
                    }
                run.receive(delivery, for: arrival.fetch)
                progress(.advanced(.resolving, items: 1, bytes: 0))
            }
        }
    }

    private func perform(_ fetch: Fetch, _ file: IndexFile?) async -> ResolutionMemory.News {
        do {
            switch fetch {
            case .page(let name): return .listing(name, try await source.listing(of: name))
            case .metadata:
                guard let file else { return .failure(CancellationError()) }
                do {
                    let metadata = try await source.coreMetadata(of: file)
                    return .metadata(file.url, .success(try ParsedMetadata(metadata)))
                } catch let problem as UnusableMetadata {
                    return .metadata(file.url, .failure(problem))
                }
            }
        } catch {
            return .failure(error)
        }
    }

    /// What the memory has for a fetch.
    private func delivery(
        of fetch: Fetch, _ run: ResolutionRun, _ preferences: [PackageName: [Version]], _ memory: ResolutionMemory
    ) -> ResolutionRun.Delivery? {
        switch fetch {
        case .page(let name):
            guard let known = memory.listings[name] else { return nil }
            guard let listing = known else { return .noPage }
            let table = CandidateTable(
                versions: listing.versions, preferred: preferences[name] ?? [], prereleases: options.prereleases)
            return .page(listing, table)
        case .metadata:
            guard let file = run.file(for: fetch), let known = memory.metadata[file.url] else { return nil }
            return .metadata(known.map { CandidateRequirements($0, for: target.markerEnvironment) })
        }
    }

    // MARK: - Results

    private func result(
        _ outcome: ResolutionRun.Progress, _ run: ResolutionRun
    ) throws(ResolutionError) -> [ResolvedPackage] {
        switch outcome {
        case .solved(let chosen):
            let selection = Selection(chosen: chosen, projects: run.projects)
            for warning in selection.warnings { progress(.warning(warning)) }
            return selection.packages
        case .failed(let derivation):
            let words = ConflictWords(
                tables: run.tables, missing: run.missing, indexes: source.indexDescriptions, target: target)
            throw .noSolution(words.conflict(derivation))
        case .broken(let error): throw error is CancellationError ? .cancelled : .source(error)
        case .waiting, .unfinished: throw .cancelled
        }
    }
}
