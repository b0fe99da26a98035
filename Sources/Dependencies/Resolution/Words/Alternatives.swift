internal import CondaPackaging
internal import Diagnostics
internal import Lockfiles
internal import PythonPackaging
private import Synchronization

/// Looks for a version that everything else would go with, if one of the demands in a conflict said nothing of versions.
///
/// Each is a whole resolution, so only a few are tried, and each may fetch only so much.
struct Alternatives: Sendable {
    /// What would do in the place of a demand.
    struct Found: Sendable {
        let package: PackageKey
        let name: String
        let version: String
        let demand: Demand?
        let spelled: String

        init(_ item: DemandWords.Item, version: String) {
            package = item.package
            name = item.name
            self.version = version
            demand = item.demand
            spelled = item.demand?.role == .constraint ? item.plain : item.spelled
        }

        /// `pandas 2.3.3 would go with everything else: change pandas<2 (flow.py:31)`.
        var text: String {
            let place = demand.flatMap { demand in
                demand.asker.flatMap { asker in asker.file.map { $0 + (asker.line.map { ":\($0)" } ?? "") } }
            }
            let what = demand?.role == .constraint ? "the constraint \(spelled)" : spelled
            return "\(name) \(version) would go with everything else: change \(what)"
                + (place.map { " (\($0))" } ?? "")
        }
    }

    /// Demands that are tried.
    static let trials = 3
    /// Pages and metadata files that a trial may ask for beyond what is known.
    private static let requests = 200

    let source: any PackageMetadataSource
    let target: PythonTarget
    let options: ResolutionOptions
    let conda: CondaSupply?

    /// - Parameters:
    ///   - demands: those in conflict.
    ///   - memory: what is known already.
    func find(
        for demands: [DemandWords.Item], in request: ResolutionRequest,
        preferring preferences: [PackageName: [Version]], memory: ResolutionMemory
    ) async -> [Found] {
        var found: [Found] = []
        for demand in demands.filter(\.isRelaxable).prefix(Self.trials) {
            if case .conda = demand.package {
                guard let version = await version(relaxing: demand, request, preferring: preferences, memory: memory) else { continue }
                found.append(Found(demand, version: version))
            }
            guard let name = demand.package.project, let relaxed = request.relaxing(demand) else { continue }
            let solution = await solution(for: relaxed, preferring: preferences, memory: memory)
            guard let version = solution?.version(of: name) else { continue }
            found.append(Found(demand, version: version.description))
        }
        return found
    }

    /// The version of a conda package that everything else goes with, where a demand for it says nothing of versions.
    private func version(
        relaxing demand: DemandWords.Item, _ request: ResolutionRequest, preferring preferences: [PackageName: [Version]],
        memory: ResolutionMemory
    ) async -> String? {
        guard let conda, let (name, setting) = conda.half.setting.relaxing(demand),
            let platform = try? PlatformName(parsing: target.platformName)
        else { return nil }
        let trial = CondaTrial(
            setting: setting, supply: conda, source: LimitedSource(source, requests: Self.requests), platform: platform,
            options: options)
        return await inTime {
            let packages = await trial.packages(for: request, preferring: preferences, memory: memory)
            return packages?.first { $0.record.name == name }.map { "\($0.record.version)" }
        }
    }

    private func solution(
        for request: ResolutionRequest, preferring preferences: [PackageName: [Version]], memory: ResolutionMemory
    ) async -> Resolver.Solution? {
        var options = options
        options.strategy = .highest
        let resolver = Resolver(
            source: LimitedSource(source, requests: Self.requests), target: target, options: options,
            looksForAlternatives: false, conda: conda)
        return await inTime {
            var memory = memory
            return try? await resolver.solution(for: request, preferring: preferences, memory: &memory)
        }
    }

    /// What a trial finds, unless it takes too long.
    private func inTime<Result: Sendable>(_ trial: @escaping @Sendable () async -> Result?) async -> Result? {
        await withTaskGroup(of: Result?.self) { group in
            group.addTask { await trial() }
            group.addTask { [time = options.hintTime] in
                try? await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}

extension Resolver.Solution {
    /// The version of a project, wherever it comes from.
    fileprivate func version(of project: PackageName) -> Version? {
        packages.first { $0.name == project }?.version
            ?? conda.lazy.flatMap(\.provides).first { $0.name == project }?.version
    }
}

extension ResolutionRequest {
    /// The request without what a demand says of versions; `nil` if it is not found in here.
    fileprivate func relaxing(_ demand: DemandWords.Item) -> ResolutionRequest? {
        func relaxed(_ roots: [RootRequirement]) -> [RootRequirement]? {
            let place = roots.firstIndex { root in
                root.requirement.name == demand.package.project && root.spelled == demand.demand?.spelled
                    && root.asker == demand.demand?.asker && root.reference == nil
            }
            guard let place else { return nil }
            var requirement = roots[place].requirement
            requirement.source = .registry(.any)
            guard let root = try? RootRequirement(requirement, spelled: roots[place].spelled, asker: roots[place].asker)
            else { return nil }
            var roots = roots
            roots[place] = root
            return roots
        }
        var result = self
        switch demand.demand?.role ?? .requirement {
        case .requirement:
            guard let requirements = relaxed(requirements) else { return nil }
            result.requirements = requirements
        case .constraint:
            guard let constraints = relaxed(constraints) else { return nil }
            result.constraints = constraints
        case .override: return nil
        }
        return result
    }
}

/// A source that fails after so many requests.
private final class LimitedSource: PackageMetadataSource {
    private struct Exhausted: Error {}

    private let source: any PackageMetadataSource
    private let left: Mutex<Int>

    init(_ source: any PackageMetadataSource, requests: Int) {
        self.source = source
        left = Mutex(requests)
    }

    func source(for target: PythonTarget) async throws -> any PackageMetadataSource {
        LimitedSource(try await source.source(for: target), requests: left.withLock { $0 })
    }

    private func count() throws {
        let isLeft = left.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isLeft else { throw Exhausted() }
    }

    func listing(of project: PackageName) async throws -> (any VersionListing)? {
        try count()
        return try await source.listing(of: project)
    }

    func coreMetadata(of wheel: IndexFile) async throws -> CoreMetadata {
        try count()
        return try await source.coreMetadata(of: wheel)
    }

    func distribution(of reference: DirectReference, for name: PackageName) async throws -> DirectDistribution {
        try count()
        return try await source.distribution(of: reference, for: name)
    }

    var canBuild: Bool { source.canBuild }
    var canHash: Bool { source.canHash }
    var indexDescriptions: [String] { source.indexDescriptions }
}
