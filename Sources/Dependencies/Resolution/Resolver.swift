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

    /// A lock of the packages that meet the requirements: for this target only, one wheel a package.
    ///
    /// Equal requirements, target, preferences and index contents give equal locks.
    ///
    /// - Parameter preferences: versions that are taken where they will do, such as those of an earlier lock.
    public func resolve(
        _ requirements: [RootRequirement], preferences: [PackageName: Version] = [:]
    ) async throws(ResolutionError) -> PyLock {
        let packages = try await packages(for: requirements, preferences: preferences)
        return PyLock(packages, answering: requirements, target: target)
    }

    /// The packages that meet the requirements, in the order of their names.
    ///
    /// Requirements whose marker is false for the target do not count.
    ///
    /// - Parameter preferences: versions that are taken where they will do, such as those of an earlier lock.
    public func packages(
        for requirements: [RootRequirement], preferences: [PackageName: Version] = [:]
    ) async throws(ResolutionError) -> [ResolvedPackage] {
        let relevant = requirements.filter { $0.requirement.applies(in: target.markerEnvironment) }
        progress(.began(.resolving, total: nil))
        var run = ResolutionRun(relevant, preferences: preferences, target: target, options: options)
        let outcome = await drive(&run, preferences)
        let packages = try result(outcome, run)
        progress(.ended(.resolving, items: packages.count, bytes: 0))
        return packages
    }

    // MARK: - Fetching

    private typealias Arrival = (fetch: Fetch, delivery: ResolutionRun.Delivery)

    /// Performs what the run wants until it has ended.
    private func drive(
        _ run: inout ResolutionRun, _ preferences: [PackageName: Version]
    ) async -> ResolutionRun.Progress {
        await withTaskGroup(of: Arrival.self) { group in
            defer { group.cancelAll() }
            var underWay = 0
            while true {
                let state = run.advance()
                switch state {
                case .solved, .failed, .gaveUp, .broken: return state
                case .waiting, .unfinished: break
                }
                while underWay < options.concurrency, let fetch = run.nextFetch() {
                    let wheel = run.wheel(for: fetch)
                    group.addTask { (fetch, await perform(fetch, wheel, preferences)) }
                    underWay += 1
                }
                if case .unfinished = state {
                    await Task.yield()
                    continue
                }
                guard let arrival = await group.next() else { return .broken(CancellationError()) }
                underWay -= 1
                run.receive(arrival.delivery, for: arrival.fetch)
                progress(.advanced(.resolving, items: 1, bytes: 0))
            }
        }
    }

    private func perform(
        _ fetch: Fetch, _ wheel: IndexFile?, _ preferences: [PackageName: Version]
    ) async -> ResolutionRun.Delivery {
        do {
            switch fetch {
            case .page(let name):
                guard let listing = try await source.listing(of: name) else { return .noPage }
                let table = CandidateTable(
                    versions: listing.versions, preferred: preferences[name], prereleases: options.prereleases)
                return .page(listing, table)
            case .metadata:
                guard let wheel else { return .failure(CancellationError()) }
                let metadata = try await source.coreMetadata(of: wheel)
                return .metadata(.success(try CandidateRequirements(metadata, for: target.markerEnvironment)))
            }
        } catch let problem as UnusableMetadata {
            return .metadata(.failure(problem))
        } catch {
            return .failure(error)
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
        case .gaveUp(let steps): throw .gaveUp(steps: steps)
        case .broken(let error): throw error is CancellationError ? .cancelled : .source(error)
        case .waiting, .unfinished: throw .cancelled
        }
    }
}
