internal import CondaSolving
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
    private let conda: CondaSupply?

    /// Attempts after which it is given up to find out what conda packages have.
    private static let longestSearch = 200

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
        conda = nil
    }

    /// One that says nothing of its progress.
    ///
    /// - Parameter looksForAlternatives: whether it tries what would do where there is no solution.
    init(
        source: any PackageMetadataSource, target: PythonTarget, options: ResolutionOptions, looksForAlternatives: Bool,
        conda: CondaSupply? = nil
    ) {
        self.source = source
        self.target = target
        self.options = options
        progress = { _ in }
        self.looksForAlternatives = looksForAlternatives
        self.conda = conda
    }

    /// One that solves both worlds together.
    init(
        source: any PackageMetadataSource, target: PythonTarget, options: ResolutionOptions,
        progress: @escaping ProgressSink, conda: CondaSupply
    ) {
        self.source = source
        self.target = target
        self.options = options
        self.progress = progress
        looksForAlternatives = true
        self.conda = conda
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
        let packages = try await solution(for: request, preferring: preferences, memory: &memory).packages
        progress(.ended(.resolving, items: packages.count, bytes: 0))
        return packages
    }

    /// What was chosen of both worlds.
    struct Solution: Sendable {
        var packages: [ResolvedPackage]
        var conda: [LockedCondaPackage] = []
        /// Conda's Python, where conda packages were asked for.
        var python: CondaPython?
    }

    /// - Parameters: as for `packages`.
    func solution(
        for request: ResolutionRequest, preferring preferences: [PackageName: [Version]], memory: inout ResolutionMemory
    ) async throws(ResolutionError) -> Solution {
        let source = try await sourceForTarget()
        let stipulations = Stipulations(request, preferences: preferences, target: target, options: options)
        var run = run(stipulations, source, conda?.half)
        let outcome = await drive(&run, source, &memory)
        memory.conda = run.conda
        if case .failed(let derivation) = outcome {
            throw await refusal(derivation, run, request, preferring: preferences, memory)
        }
        var solution = try result(outcome, run)
        solution.packages = try await withHashes(solution.packages, source)
        return solution
    }

    private func sourceForTarget() async throws(ResolutionError) -> any PackageMetadataSource {
        do {
            return try await source.source(for: target)
        } catch {
            throw error is CancellationError ? .cancelled : .source(error)
        }
    }

    private func run(
        _ stipulations: Stipulations, _ source: any PackageMetadataSource, _ conda: CondaHalf?
    ) -> ResolutionRun {
        ResolutionRun(
            stipulations, target: target,
            files: FileChoice(target: target, options: options, canBuild: source.canBuild, canHash: source.canHash),
            conda: conda)
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
        let fetcher = SourceFetcher(source: source, conda: conda?.source)
        return await withTaskGroup(of: Arrival.self) { group in
            defer { group.cancelAll() }
            var underWay = 0
            var attempt = 0
            while true {
                let state = run.advance()
                if Task.isCancelled { return .broken(CancellationError()) }
                switch state {
                case .solved, .failed, .broken: return state
                case .discovered, .corrected:
                    attempt += 1
                    guard attempt < Self.longestSearch else { return .broken(EndlessCorrections(attempts: attempt)) }
                    do {
                        run = try again(run, after: state, source)
                    } catch {
                        return .broken(error)
                    }
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

    /// The search from its beginning, with what was found out.
    private func again(
        _ run: ResolutionRun, after state: ResolutionRun.Progress, _ source: any PackageMetadataSource
    ) throws(CondaRequestError) -> ResolutionRun {
        var stipulations = run.book.stipulations
        if case .discovered(let name, let reference) = state { stipulations.add(reference, for: name) }
        return self.run(stipulations, source, try run.conda?.again())
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
    ) throws(ResolutionError) -> Solution {
        switch outcome {
        case .solved(let chosen):
            let selection = Selection(chosen: chosen, book: run.book)
            for warning in selection.warnings { progress(.warning(warning)) }
            guard let half = run.conda else { return Solution(packages: selection.packages) }
            let conda = try CondaSelection(chosen: chosen, half, book: run.book)
            for warning in conda.warnings { progress(.warning(warning)) }
            return Solution(packages: selection.packages, conda: conda.packages, python: conda.python)
        case .broken(let error): throw ResolutionError(conda: error)
        case .failed, .waiting, .unfinished, .discovered, .corrected: throw .cancelled
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
        var known: CondaScene?
        if looksForAlternatives, let conda, let half = run.conda { known = await conda.scene(half) }
        let scene = ConflictScene(
            book: run.book, target: target, indexes: source.indexDescriptions,
            asked: request.requirements.map(\.requirement.name), conda: known)
        let words = ConflictWords(scene, derivation)
        guard looksForAlternatives else { return .noSolution(words.conflict()) }
        let alternatives = await Alternatives(source: source, target: target, options: options, conda: conda)
            .find(for: words.demands, in: request, preferring: preferences, memory: memory)
        return .noSolution(words.conflict(alternatives))
    }
}

/// What a resolver needs for conda packages beside those of indexes.
struct CondaSupply: Sendable {
    let source: any CondaPackageSource
    let half: CondaHalf
}

/// Every look into conda packages showed something else than what was to be expected.
struct EndlessCorrections: DiagnosticError {
    let attempts: Int

    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "it was not found out which Python projects the conda packages have: given up after \(attempts) attempts",
            help: "say which conda package has which project (--conda-names), or ask for fewer versions")
    }
}
