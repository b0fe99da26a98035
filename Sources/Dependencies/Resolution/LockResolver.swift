public import Diagnostics
public import PythonPackaging
internal import Synchronization

/// Finds versions that go together on each of several targets, alike where that is possible.
public struct LockResolver: Sendable {
    private let source: any PackageMetadataSource
    private let options: ResolutionOptions
    private let progress: ProgressSink

    /// - Parameter progress: told about the packages that are decided, and about what a person should know.
    public init(
        source: any PackageMetadataSource, options: ResolutionOptions = .init(),
        progress: @escaping ProgressSink = { _ in }
    ) {
        self.source = source
        self.options = options
        self.progress = progress
    }

    /// The packages for each target, in the order of the targets.
    ///
    /// Targets come one after the other, and each takes the versions that those before it chose where they will do; the
    /// preferences of the request go before them. What was fetched for one target is not fetched again for another.
    ///
    /// Where platforms of one Python would differ, the opposite order of these platforms is tried as well: an older
    /// version that will do everywhere serves better than two versions. That is not done where a platform has no files of
    /// the newer version, nor between Pythons: an old platform or Python would hold all others back.
    ///
    /// - Throws: The first target's failure; it says which target it is where there are several.
    public func answers(
        _ request: ResolutionRequest, for targets: [PythonTarget]
    ) async throws(ResolutionError) -> [TargetAnswer] {
        var memory = ResolutionMemory()
        let order = TargetOrder(targets)
        let warnings = Warnings(progress)
        let first = try await answers(request, for: targets, order.given, &memory, warnings.sink)
        guard order.opposite != order.given, platformsDisagree(first, memory) else { return first }
        let second = try? await answers(request, for: targets, order.opposite, &memory, { _ in })
        if let second, Self.versionCount(second) < Self.versionCount(first) { return second }
        return first
    }

    /// - Parameter order: the places of the targets, the first one to be resolved first.
    private func answers(
        _ request: ResolutionRequest, for targets: [PythonTarget], _ order: [Int], _ memory: inout ResolutionMemory,
        _ progress: @escaping ProgressSink
    ) async throws(ResolutionError) -> [TargetAnswer] {
        var found: [Int: TargetAnswer] = [:]
        var preferences = request.preferences.mapValues { [$0] }
        for place in order {
            let target = targets[place]
            let resolver = Resolver(source: source, target: target, options: options, progress: progress)
            let packages: [ResolvedPackage]
            do throws(ResolutionError) {
                packages = try await resolver.packages(for: request, preferring: preferences, memory: &memory)
            } catch {
                throw targets.count > 1 ? error.naming("Python \(target.pythonVersion) on \(target.platformName)") : error
            }
            for package in packages where preferences[package.name]?.contains(package.version) != true {
                preferences[package.name, default: []].append(package.version)
            }
            found[place] = TargetAnswer(target: target, packages: packages)
        }
        return targets.indices.compactMap { found[$0] }
    }

    private struct PackageOfPython: Hashable {
        let name: PackageName
        let python: Version
    }

    /// Whether a package has different versions on platforms of one Python, each of which all of these could have.
    private func platformsDisagree(_ answers: [TargetAnswer], _ memory: ResolutionMemory) -> Bool {
        var versions: [PackageOfPython: Set<Version>] = [:]
        var targets: [PackageOfPython: [PythonTarget]] = [:]
        for answer in answers {
            for package in answer.packages {
                let key = PackageOfPython(name: package.name, python: answer.target.pythonVersion)
                versions[key, default: []].insert(package.version)
                targets[key, default: []].append(answer.target)
            }
        }
        let differing = versions.filter { $0.value.count > 1 }
        guard !differing.isEmpty else { return false }
        return differing.allSatisfy { key, versions in
            (targets[key] ?? []).allSatisfy { target in
                versions.allSatisfy { hasFiles(key.name, $0, for: target, memory) }
            }
        }
    }

    private func hasFiles(
        _ name: PackageName, _ version: Version, for target: PythonTarget, _ memory: ResolutionMemory
    ) -> Bool {
        guard let known = memory.listings[name], let listing = known,
            let position = listing.versions.firstIndex(of: version)
        else { return true }
        var files = FileChoice(target: target, options: options, canBuild: source.canBuild, canHash: source.canHash)
        let question = FileChoice.Question(project: name, listing: listing, position: position, allowsYanked: true)
        if case .unusable = files.choose(question) { return false }
        return true
    }

    private struct PackageVersion: Hashable {
        let name: PackageName
        let version: Version
    }

    private static func versionCount(_ answers: [TargetAnswer]) -> Int {
        Set(answers.flatMap { $0.packages.map { PackageVersion(name: $0.name, version: $0.version) } }).count
    }
}

/// In which order targets are resolved.
private struct TargetOrder {
    let given: [Int]
    /// The platforms of each Python the other way round; the Pythons stay as they are.
    let opposite: [Int]

    init(_ targets: [PythonTarget]) {
        given = Array(targets.indices)
        let places = Dictionary(grouping: targets.indices) { targets[$0].pythonVersion }
        opposite = targets.indices.map { place in
            let group = places[targets[place].pythonVersion] ?? []
            return group.firstIndex(of: place).map { group[group.count - 1 - $0] } ?? place
        }
    }
}

/// Passes on what happens, but each warning once for all targets.
private final class Warnings: Sendable {
    private let told = Mutex<Set<String>>([])
    private let progress: ProgressSink

    init(_ progress: @escaping ProgressSink) { self.progress = progress }

    var sink: ProgressSink {
        { event in
            if case .warning(let text) = event, !self.told.withLock({ $0.insert(text).inserted }) { return }
            self.progress(event)
        }
    }
}

extension ResolutionError {
    /// The same with the target in the headline of a refusal.
    func naming(_ target: String) -> ResolutionError {
        guard case .noSolution(let conflict) = self else { return self }
        return .noSolution(
            ResolutionConflict(
                headline: "\(conflict.headline) (for \(target))",
                sentences: conflict.sentences, hints: conflict.hints, askers: conflict.askers))
    }
}
