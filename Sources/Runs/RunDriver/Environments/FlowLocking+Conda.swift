import CondaChannels
import CondaPackaging
import CondaPrefixes
import CondaSolving
import Diagnostics
import Digests
import Environments
import FlowModel
import FoundationEssentials
import Interpreters
import Lockfiles
import PythonPackaging
import Resolution
import SourceBuilds
import SystemPackage

extension FlowLocking {
    /// The lock with conda packages that a run on this machine uses.
    func condaLock(
        _ entry: FlowWishes.Entry, _ conda: CondaWish, key: SHA256Digest, interpreter: Interpreter, isLocked: Bool
    ) async throws -> PyLock {
        let machine = interpreter.target.platformName
        let found = try committed(entry, conda, for: [machine], interpreter: interpreter)
        if let found, found.differences.isEmpty { return found.lock }
        guard !isLocked else {
            throw LockedRunError(entry: entry, differences: found?.differences.map(\.words), script: committed.script)
        }
        if let found, let name = entry.lockName {
            let reasons = found.differences.map(\.words).joined(separator: "; ")
            progress(.warning("\(name.file) is not used: \(reasons); penstock lock \(committed.script) makes it anew"))
        }
        // Other names, another answer.
        let names = try await projectNames()
        let key = names.isEmpty ? key : SHA256Digest(hashing: "\(key)\n\(names.texts.sorted { $0.key < $1.key })")
        if let kept = try await kept(key) { return kept }
        let lock = try await resolve(
            entry.wish, conda, preferring: found?.lock, for: [machine], on: interpreter, options: options,
            facts: await SystemFacts.ofThisMachine(environment: environment))
        return try shelf.keep(lock, as: key)
    }

    /// The lock beside the flow, and how it differs from what is asked now on some platforms.
    func committed(
        _ entry: FlowWishes.Entry, _ conda: CondaWish, for platforms: [String], interpreter: Interpreter
    ) throws -> (lock: PyLock, differences: [LockDifference])? {
        guard let name = entry.lockName, let lock = try committed.read(name) else { return nil }
        var targets: [PythonTarget] = []
        for platform in platforms {
            // Which Python it is follows from the lock: what is asked of it is one of the requirements.
            let python = lock.condaTarget(onPlatform: platform)?.python ?? interpreter.target.pythonName
            targets.append(try PythonTarget(platform: platform, python: python))
        }
        var context = LockContext()
        context.folder = committed.folder.string
        var wanted = LockOrigin(ResolutionRequest(entry.wish.requirements), for: targets, in: context)
        wanted.conda = try origin(of: conda, interpreter: interpreter)
        let differences = lock.differences(from: wanted, whereMoreTargetsAreFine: true)
            .filter { [.requirement, .target, .preference].contains($0.subject) }
        let others = try channels.difference(of: conda, from: lock.origin?.conda?.channels ?? [])
        return (lock, differences + [others].compactMap(\.self))
    }

    /// Which conda packages have which Python projects, by the file that `PENSTOCK_CONDA_NAMES` names.
    private func projectNames() async throws -> ProjectNameMapping {
        guard let file = environment["PENSTOCK_CONDA_NAMES"], !file.isEmpty else { return ProjectNameMapping() }
        let folder = FileManager.default.currentDirectoryPath
        return try await RequestReader(folder: folder, environment: environment).names(file: file)
    }

    /// What is asked of conda, for a lock.
    private func origin(of conda: CondaWish, interpreter: Interpreter) throws -> CondaOrigin {
        CondaOrigin(
            requirements: try requirements(of: conda, interpreter).map {
                AnsweredRequirement($0.text, askers: ($0.asker?.words).map { [$0] } ?? [])
            },
            preference: conda.preference.usual?.rawValue, preferences: conda.preference.ofProjects.mapValues(\.rawValue))
    }

    private func requirements(of conda: CondaWish, _ interpreter: Interpreter) throws -> [CondaRequirement] {
        try conda.specs + [conda.pythonSpec(launching: interpreter.version)].compactMap(\.self)
    }

    /// Answers what is asked of conda and of indexes anew, one platform after the other.
    ///
    /// - Parameters:
    ///   - earlier: a lock whose versions are taken where they will do.
    ///   - upgrade: which of them are not.
    ///   - facts: what is known of the machine, where the lock is for it alone; otherwise the names of platforms say it all.
    ///   - assumesAsBefore: whether platforms of the earlier lock have what was assumed of them then.
    func resolve(
        _ wish: EnvironmentWish, _ conda: CondaWish, preferring earlier: PyLock?, but upgrade: VersionUpgrade = .none,
        for platforms: [String], on interpreter: Interpreter, options: ResolutionOptions, facts: SystemFacts? = nil,
        assumesAsBefore: Bool = false
    ) async throws -> PyLock {
        let client = try await channels.client()
        var request = JointRequest(
            pypi: ResolutionRequest(wish.requirements, preferences: upgrade.preferences(from: earlier)),
            conda: CondaRequest(
                try requirements(of: conda, interpreter), channels: try await channels.channels(of: conda, in: client)))
        request.conda.options.channelPriority =
            CondaOptions.ChannelPriority(rawValue: client.settings.priority.rawValue) ?? .strict
        request.preference = try WorldPreference(conda.preference)
        request.names = try await projectNames()
        let targets = try platforms.map { name in
            let platform = try PlatformName(parsing: name)
            var target = try CondaTarget(platform, facts: facts, environment: environment)
            if assumesAsBefore, let before = earlier?.origin?.conda?.platforms.first(where: { $0.target?.platform == name }) {
                target.virtualPackages = before.virtualPackages
            }
            return JointTarget(
                target, platform: platform, preferences: upgrade.condaPreferences(from: earlier, on: name))
        }
        let source = try await source(for: interpreter)
        var context = LockContext()
        context.options = options
        context.folder = committed.folder.string
        context.indexes = wish.requirements.isEmpty ? [] : source.indexDescriptions
        return try await JointResolver(
            conda: ChannelPackageSource(client, cache: cache), source: source, options: options, progress: progress
        ).lock(request, for: targets, in: context)
    }
}

extension WorldPreference {
    fileprivate init(_ preference: SourcePreferences) throws {
        self.init(usual: preference.usual.flatMap { PackageWorld(rawValue: $0.rawValue) })
        for (name, source) in preference.ofProjects {
            ofProjects[try PackageName(parsing: name)] = PackageWorld(rawValue: source.rawValue)
        }
    }
}
