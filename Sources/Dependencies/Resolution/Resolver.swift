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
    private let looksForAlternatives: Bool

    /// - Parameter progress: told about the packages that are decided, and about what a person should know.
    public init(
        source: any PackageMetadataSource, target: PythonTarget, options: ResolutionOptions = .init(),
        progress: @escaping ProgressSink = { _ in }
    ) {
        self.source = source
        self.target = target
        self.options = options
        self.progress = progress
        looksForAlternatives = true
    }

    /// One that says nothing of its progress.
    ///
    /// - Parameter looksForAlternatives: whether it tries what would do where there is no solution.
    init(
        source: any PackageMetadataSource, target: PythonTarget, options: ResolutionOptions, looksForAlternatives: Bool
    ) {
        self.source = source
        self.target = target
        self.options = options
        progress = { _ in }
        self.looksForAlternatives = looksForAlternatives
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
        progress(.began(.resolving, total: nil))
        let source = try await sourceForTarget()
        let stipulations = Stipulations(request, preferences: preferences, target: target, options: options)
        var run = run(stipulations, source)
        let outcome = await drive(&run, source, &memory)
        if case .failed(let derivation) = outcome {
            throw await refusal(derivation, run, request, preferring: preferences, memory)
        }
        let packages = try await withHashes(result(outcome, run), source)
        progress(.ended(.resolving, items: packages.count, bytes: 0))
        return packages
    }

    private func sourceForTarget() async throws(ResolutionError) -> any PackageMetadataSource {
        do {
            return try await source.source(for: target)
        } catch {
            throw error is CancellationError ? .cancelled : .source(error)
        }
    }

    private func run(_ stipulations: Stipulations, _ source: any PackageMetadataSource) -> ResolutionRun {
        ResolutionRun(
            stipulations, target: target,
            files: FileChoice(target: target, options: options, canBuild: source.canBuild, canHash: source.canHash))
    }

    // MARK: - Fetching

    private struct Arrival: Sendable {
        let fetch: Fetch
        let news: ResolutionMemory.News
        /// The attempt that it was fetched for.
        let attempt: Int
    }

    /// Performs what the run wants until it has ended.
    private func drive(
        _ run: inout ResolutionRun, _ source: any PackageMetadataSource, _ memory: inout ResolutionMemory
    ) async -> ResolutionRun.Progress {
        let fetcher = SourceFetcher(source: source)
        return await withTaskGroup(of: Arrival.self) { group in
            defer { group.cancelAll() }
            var underWay = 0
            var attempt = 0
            while true {
                let state = run.advance()
                if Task.isCancelled { return .broken(CancellationError()) }
                switch state {
                case .solved, .failed, .broken: return state
                case .discovered(let name, let reference):
                    var stipulations = run.book.stipulations
                    stipulations.add(reference, for: name)
                    run = self.run(stipulations, source)
                    attempt += 1
                    continue
                case .waiting, .unfinished: break
                }
                var hasNews = false
                while underWay < options.concurrency, let fetch = run.nextFetch() {
                    if let known = memory.delivery(of: fetch, to: run) {
                        run.receive(known, for: fetch)
                        hasNews = true
                    } else if let order = SourceFetcher.Order(fetch, of: run) {
                        group.addTask { [attempt] in
                            Arrival(fetch: fetch, news: await fetcher.perform(order), attempt: attempt)
                        }
                        underWay += 1
                    }
                }
                if hasNews { continue }
                if case .unfinished = state {
                    await Task.yield()
                    continue
                }
                guard let arrival = await group.next() else { return .broken(CancellationError()) }
                underWay -= 1
                memory.learn(arrival.news)
                progress(.advanced(.resolving, items: 1, bytes: 0))
                // What an earlier attempt wanted is only remembered.
                if arrival.attempt == attempt { deliver(arrival, to: &run, memory) }
            }
        }
    }

    private func deliver(_ arrival: Arrival, to run: inout ResolutionRun, _ memory: ResolutionMemory) {
        if case .failure(let error) = arrival.news {
            run.receive(.failure(error), for: arrival.fetch)
        } else if let delivery = memory.delivery(of: arrival.fetch, to: run) {
            run.receive(delivery, for: arrival.fetch)
        }
    }

    // MARK: - Results

    private func result(
        _ outcome: ResolutionRun.Progress, _ run: ResolutionRun
    ) throws(ResolutionError) -> [ResolvedPackage] {
        switch outcome {
        case .solved(let chosen):
            let selection = Selection(chosen: chosen, book: run.book)
            for warning in selection.warnings { progress(.warning(warning)) }
            return selection.packages
        case .broken(let error): throw error is CancellationError ? .cancelled : .source(error)
        case .failed, .waiting, .unfinished, .discovered: throw .cancelled
        }
    }

    /// The packages with the hashes that their indexes do not tell.
    private func withHashes(
        _ packages: [ResolvedPackage], _ source: any PackageMetadataSource
    ) async throws(ResolutionError) -> [ResolvedPackage] {
        guard source.canHash else { return packages }
        var packages = packages
        do {
            for place in packages.indices {
                guard let offered = packages[place].offered, offered.file.sha256 == nil else { continue }
                packages[place].replaceFile(by: try await source.withHash(of: offered.file))
            }
        } catch {
            throw error is CancellationError ? .cancelled : .source(error)
        }
        return packages
    }

    /// Why there is no solution, in words.
    private func refusal(
        _ derivation: ConflictScene.Proof, _ run: ResolutionRun, _ request: ResolutionRequest,
        preferring preferences: [PackageName: [Version]], _ memory: ResolutionMemory
    ) async -> ResolutionError {
        let scene = ConflictScene(
            book: run.book, target: target, indexes: source.indexDescriptions,
            asked: request.requirements.map(\.requirement.name))
        let words = ConflictWords(scene, derivation)
        guard looksForAlternatives else { return .noSolution(words.conflict()) }
        let alternatives = await Alternatives(source: source, target: target, options: options)
            .find(for: words.demands, in: request, preferring: preferences, memory: memory)
        return .noSolution(words.conflict(alternatives))
    }
}
