public import Diagnostics
public import PythonPackaging

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
    /// - Throws: The first target's failure; it says which target it is where there are several.
    public func answers(
        _ request: ResolutionRequest, for targets: [PythonTarget]
    ) async throws(ResolutionError) -> [TargetAnswer] {
        var memory = ResolutionMemory()
        var answers: [TargetAnswer] = []
        var preferences = request.preferences.mapValues { [$0] }
        for target in targets {
            let resolver = Resolver(source: source, target: target, options: options, progress: progress)
            let packages: [ResolvedPackage]
            do throws(ResolutionError) {
                packages = try await resolver.packages(for: request, preferring: preferences, memory: &memory)
            } catch {
                throw targets.count > 1 ? error.naming(target) : error
            }
            for package in packages where preferences[package.name]?.contains(package.version) != true {
                preferences[package.name, default: []].append(package.version)
            }
            answers.append(TargetAnswer(target: target, packages: packages))
        }
        return answers
    }
}

extension ResolutionError {
    /// The same with the target in the headline of a refusal.
    fileprivate func naming(_ target: PythonTarget) -> ResolutionError {
        guard case .noSolution(let conflict) = self else { return self }
        return .noSolution(
            ResolutionConflict(
                headline: "\(conflict.headline) (for Python \(target.pythonVersion) on \(target.platformName))",
                sentences: conflict.sentences, hints: conflict.hints))
    }
}
