import Diagnostics
import FoundationEssentials
import Interpreters
import Lockfiles
import PackageSources
import PythonPackaging
import Resolution
import SourceBuilds

extension PackageWorkshop {
    /// What was chosen for the first target, and what it answers, to be shown.
    func shown(_ order: PackageOrder) async throws -> (any ShownResolution)? {
        let files = try await files(of: order)
        if files.read.conda.isAsked {
            var made = try await condaAnswers(order, files)
            made.answers = Array(made.answers.prefix(1))
            let graph = LockGraph(try made.lock())
            return made.answers.first.map { CondaResolutionOutput($0, to: made.question, graph: graph) }
        }
        let targets = try await targets(order, files.read)
        return try await withSource(files.index, files.options, of: targets.interpreter) { source in
            let request = try await request(files, order, source)
            let resolver = LockResolver(source: source, options: files.options, progress: progress)
            let answers = try await resolver.answers(request, for: targets.targets)
            try files.read.checkHashes(of: answers.flatMap(\.packages).map(\.name))
            return answers.first.map { ResolutionOutput($0, to: request) }
        }
    }

    /// One lock for all targets, and what it answers.
    func lock(_ order: PackageOrder) async throws -> (lock: PyLock, request: ResolutionRequest) {
        let files = try await files(of: order)
        if files.read.conda.isAsked {
            let made = try await condaAnswers(order, files)
            return (try made.lock(), made.question.request.pypi)
        }
        let targets = try await targets(order, files.read)
        return try await withSource(files.index, files.options, of: targets.interpreter) { source in
            let request = try await request(files, order, source)
            let context = files.context(indexes: source.indexDescriptions, folder: order.folder)
            let resolver = LockResolver(source: source, options: files.options, progress: progress)
            let lock = try await resolver.lock(request, for: targets.targets, in: context)
            try files.read.checkHashes(of: lock.packages.map(\.name))
            return (lock, request)
        }
    }

    /// What makes a lock out of date, given what would be asked now, each a sentence without a full stop.
    func reasons(_ order: PackageOrder, against lock: PyLock) async throws -> [String] {
        let files = try await files(of: order)
        if files.read.conda.isAsked { return try await condaReasons(order, files, against: lock) }
        let targets = try await targets(order, files.read)
        // Only what lies in folders or at addresses without a name has to be looked at for it.
        let request = files.read.unnamed.isEmpty
            ? files.read.request
            : try await withSource(files.index, files.options, of: targets.interpreter) { source in
                try await self.request(files, order, source)
            }
        let wanted = LockOrigin(request, for: targets.targets, in: files.context(indexes: [], folder: order.folder))
        return lock.differences(from: wanted).map(\.words)
    }

    /// Reads requirements and files.
    func files(of order: PackageOrder) async throws -> ReadFiles {
        let reader = RequestReader(
            folder: FileManager.default.currentDirectoryPath, environment: environment,
            load: loader(order.index.options(over: IndexOptions())))
        var read = try await reader.read(order.sources)
        for warning in read.warnings { progress(.warning(warning)) }
        read.conda = try order.conda.added(to: read.conda, names: try await names(order, read.conda, reader))
        var base = ResolutionOptions(asIn: order.earlier?.origin)
        if read.builds != BuildPolicy() { base.builds = read.builds }
        if read.allowsPrereleases { base.prereleases = .allow }
        var index = order.index.options(over: read.indexOptions)
        index.strategy = index.strategy ?? order.earlier?.origin?.settings["index-strategy"].flatMap { .init(rawValue: $0) }
        return ReadFiles(read: read, options: order.resolution.options(over: base), index: index)
    }

    /// Which conda packages have which Python projects: the option says it first, then the files, then `PENSTOCK_CONDA_NAMES`.
    private func names(_ order: PackageOrder, _ read: ReadCondaRequest, _ reader: RequestReader) async throws -> ProjectNameMapping {
        var names = read.names
        if let file = order.conda.condaNames { names = try await reader.names(file: file).over(names) }
        if let file = environment["PENSTOCK_CONDA_NAMES"], !file.isEmpty { names = names.over(try await reader.names(file: file)) }
        return names
    }

    private func request(
        _ files: ReadFiles, _ order: PackageOrder, _ source: any PackageMetadataSource
    ) async throws -> ResolutionRequest {
        var request = try await files.read.named(by: source)
        if order.isPinned { return try PinnedRequirements(request).request }
        request.preferences = order.upgrade.preferences(from: order.earlier)
        return request
    }

    /// Those that are named; if none are, those that the lock is for which is there.
    private func targets(_ order: PackageOrder, _ read: ReadRequest) async throws -> TargetFinder.Found {
        let found = try await targets(order)
        try read.check(found.targets)
        return found
    }

    private func targets(_ order: PackageOrder) async throws -> TargetFinder.Found {
        let locked = order.earlier?.origin?.targets ?? []
        let pythons = order.pythons
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
