import Diagnostics
import FoundationEssentials
import Interpreters
import Lockfiles
import PackageSources
import PythonPackaging
import Resolution
import SourceBuilds

extension PackageWorkshop {
    /// The packages for each target, and what they answer.
    func answers(_ order: PackageOrder) async throws -> (answers: [TargetAnswer], request: ResolutionRequest) {
        let ordered = try await read(order)
        return try await withSource(ordered.index, ordered.options, of: ordered.targets.interpreter) { source in
            let request = try await request(ordered, order, source)
            let resolver = LockResolver(source: source, options: ordered.options, progress: progress)
            let answers = try await resolver.answers(request, for: ordered.targets.targets)
            try ordered.read.checkHashes(of: answers.flatMap(\.packages).map(\.name))
            return (answers, request)
        }
    }

    /// One lock for all targets, and what it answers.
    func lock(_ order: PackageOrder) async throws -> (lock: PyLock, request: ResolutionRequest) {
        let ordered = try await read(order)
        return try await withSource(ordered.index, ordered.options, of: ordered.targets.interpreter) { source in
            let request = try await request(ordered, order, source)
            let context = ordered.context(indexes: source.indexDescriptions, folder: order.folder)
            let resolver = LockResolver(source: source, options: ordered.options, progress: progress)
            let lock = try await resolver.lock(request, for: ordered.targets.targets, in: context)
            try ordered.read.checkHashes(of: lock.packages.map(\.name))
            return (lock, request)
        }
    }

    /// What makes a lock out of date, given what would be asked now, each a sentence without a full stop.
    func reasons(_ order: PackageOrder, against lock: PyLock) async throws -> [String] {
        let ordered = try await read(order)
        // Only what lies in folders or at addresses without a name has to be looked at for it.
        let request = ordered.read.unnamed.isEmpty
            ? ordered.read.request
            : try await withSource(ordered.index, ordered.options, of: ordered.targets.interpreter) { source in
                try await self.request(ordered, order, source)
            }
        let wanted = LockOrigin(
            request, for: ordered.targets.targets, in: ordered.context(indexes: [], folder: order.folder))
        return lock.differences(from: wanted).map(\.words)
    }

    /// Reads requirements and files, and finds the targets.
    private func read(_ order: PackageOrder) async throws -> ReadOrder {
        let folder = FileManager.default.currentDirectoryPath
        let read = try await RequestReader(
            folder: folder, environment: environment, load: loader(order.index.options(over: IndexOptions()))
        ).read(order.sources)
        for warning in read.warnings { progress(.warning(warning)) }
        let targets = try await targets(order, read)
        try read.check(targets.targets)
        var base = ResolutionOptions(asIn: order.earlier?.origin)
        if read.builds != BuildPolicy() { base.builds = read.builds }
        if read.allowsPrereleases { base.prereleases = .allow }
        var index = order.index.options(over: read.indexOptions)
        index.strategy = index.strategy ?? order.earlier?.origin?.settings["index-strategy"].flatMap { .init(rawValue: $0) }
        return ReadOrder(
            read: read, targets: targets, options: order.resolution.options(over: base), index: index)
    }

    private func request(
        _ ordered: ReadOrder, _ order: PackageOrder, _ source: any PackageMetadataSource
    ) async throws -> ResolutionRequest {
        var request = try await ordered.read.named(by: source)
        if order.isPinned { return try PinnedRequirements(request).request }
        request.preferences = order.upgrade.preferences(from: order.earlier)
        return request
    }

    /// Those that are named; if none are, those that the lock is for which is there.
    private func targets(_ order: PackageOrder, _ read: ReadRequest) async throws -> TargetFinder.Found {
        let locked = order.earlier?.origin?.targets ?? []
        let pythons = order.pythons.isEmpty ? [read.python].compactMap(\.self) : order.pythons
        guard !locked.isEmpty, pythons.isEmpty || order.platforms.isEmpty else {
            return try await targets(pythons: pythons, platforms: order.platforms)
        }
        if pythons.isEmpty, order.platforms.isEmpty {
            var found = try await targets(pythons: [], platforms: [])
            found.targets = try locked.map { target throws in
                try PythonTarget(platform: target.platform, python: target.python)
            }
            return found
        }
        return try await targets(
            pythons: pythons.isEmpty ? Set(locked.map(\.python)).sorted() : pythons,
            platforms: order.platforms.isEmpty ? Set(locked.map(\.platform)).sorted() : order.platforms)
    }
}
