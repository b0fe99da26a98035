public import Diagnostics
public import Lockfiles
public import PythonPackaging

/// Finds out which packages of a lock are out of date.
public struct OutdatedStudy: Sendable {
    private let source: any PackageMetadataSource
    private let options: ResolutionOptions
    private let progress: ProgressSink

    public init(
        source: any PackageMetadataSource, options: ResolutionOptions, progress: @escaping ProgressSink = { _ in }
    ) {
        self.source = source
        self.options = options
        self.progress = progress
    }

    /// The packages of a lock that come from an index, in the order of their names.
    ///
    /// - Parameters:
    ///   - request: what the lock answers; what would be taken now is found by answering it anew. Without one, only what
    ///     the indexes have is told.
    ///   - targets: what the lock is for.
    public func ages(
        of lock: PyLock, answering request: ResolutionRequest?, for targets: [PythonTarget]
    ) async throws -> [PackageAge] {
        try await ages(of: lock, allowed: try await allowed(request, targets))
    }

    /// The same where it is known what would be taken now.
    public func ages(of lock: PyLock, allowed: [PackageName: Version]) async throws -> [PackageAge] {
        let locked = lock.packages.compactMap { package -> (PackageName, Version)? in
            guard case .distributions = package.source, let version = package.version else { return nil }
            return (package.name, version)
        }
        let listings = try await listings(of: Set(locked.map(\.0)))
        return locked.map { name, version in
            PackageAge(name, locked: version, allowed: allowed[name], listing: listings[name])
        }
    }

    /// The newest of what would be taken for the targets.
    private func allowed(
        _ request: ResolutionRequest?, _ targets: [PythonTarget]
    ) async throws -> [PackageName: Version] {
        guard var request, !targets.isEmpty else { return [:] }
        request.preferences = [:]
        do throws(ResolutionError) {
            let answers = try await LockResolver(source: source, options: options).answers(request, for: targets)
            return Dictionary(answers.flatMap(\.packages).map { ($0.name, $0.version) }, uniquingKeysWith: max)
        } catch {
            guard case .noSolution(let conflict) = error else { throw error }
            progress(.warning("what the lock answers has no answer any more: \(conflict.headline)"))
            return [:]
        }
    }

    private func listings(of names: Set<PackageName>) async throws -> [PackageName: any VersionListing] {
        try await withThrowingTaskGroup(of: (PackageName, (any VersionListing)?).self) { group in
            var waiting = names.sorted().makeIterator()
            func startNext() {
                guard let name = waiting.next() else { return }
                group.addTask { (name, try await source.listing(of: name)) }
            }
            for _ in 0..<options.concurrency { startNext() }
            var listings: [PackageName: any VersionListing] = [:]
            for try await (name, listing) in group {
                listings[name] = listing
                startNext()
            }
            return listings
        }
    }
}
