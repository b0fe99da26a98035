import CondaChannels
import CondaPackaging
import CondaSolving
import Diagnostics
import Digests
import Environments
import FlowModel
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
        if let kept = try await kept(key) { return kept }
        let lock = try await resolve(
            entry.wish, conda, preferring: found?.lock, for: [machine], on: interpreter, options: options)
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
    func resolve(
        _ wish: EnvironmentWish, _ conda: CondaWish, preferring earlier: PyLock?, but upgrade: VersionUpgrade = .none,
        for platforms: [String], on interpreter: Interpreter, options: ResolutionOptions
    ) async throws -> PyLock {
        let client = try await channels.client()
        var request = ResolutionRequest(wish.requirements)
        request.preferences = upgrade.preferences(from: earlier)
        var joint = JointRequest(
            conda: try requirements(of: conda, interpreter), pypi: request,
            channels: try await channels.channels(of: conda, in: client), priority: client.settings.priority)
        joint.prefersConda = conda.preference.usual.map { $0 == .conda }
        for (name, source) in conda.preference.ofProjects { joint.preferences[try PackageName(parsing: name)] = source == .conda }
        let source = try await source(for: interpreter)
        let resolver = JointResolver(
            client: client, reader: PackageInfoReader(client.archives, cache: cache), source: source, options: options,
            progress: progress)
        var answers: [(answer: JointAnswer, target: JointTarget)] = []
        for platform in platforms {
            let target = try JointTarget(platformName: platform, environment: environment)
            joint.earlier = [:]
            for package in upgrade.condaPreferences(from: earlier, on: platform) {
                joint.earlier[package.record.name] = (package.record.version, package.record.build)
            }
            let answer = wish.requirements.isEmpty
                ? try await condaAnswer(joint, target, client) : try await resolver.answer(joint, for: target)
            answers.append((answer, target))
        }
        var context = LockContext()
        context.options = options
        context.folder = committed.folder.string
        context.indexes = wish.requirements.isEmpty ? [] : source.indexDescriptions
        var lock = try PyLock(
            answers.map { TargetAnswer(target: $0.answer.target, packages: $0.answer.packages) }, answering: request, in: context)
        lock.conda = LockedConda(channels: joint.channels.map(\.baseURL), packages: Self.locked(answers.map(\.answer)))
        var asked = try origin(of: conda, interpreter: interpreter)
        asked.channels = joint.channels.map(\.baseURL)
        asked.platforms = answers.map {
            .init($0.target.subdir, virtualPackages: $0.target.virtualPackages, target: LockTarget($0.answer.target))
        }
        lock.origin?.conda = asked
        return lock
    }

    /// Packages of conda alone.
    private func condaAnswer(_ joint: JointRequest, _ target: JointTarget, _ client: ChannelClient) async throws -> JointAnswer {
        var request = CondaRequest(joint.conda, channels: joint.channels)
        if let priority = CondaOptions.ChannelPriority(rawValue: joint.priority.rawValue) { request.options.channelPriority = priority }
        for (name, earlier) in joint.earlier {
            request.options.preferences[name] = [.init(version: earlier.version, build: earlier.build)]
        }
        let packages = try await CondaResolver(client: client, progress: progress).packages(
            for: request, on: CondaTarget(subdir: target.subdir, virtualPackages: target.virtualPackages))
        let python = packages.first { $0.record.name.description == "python" }?.record.version.description ?? "3.0"
        return JointAnswer(
            target: try PythonTarget(platform: target.platform, python: python), packages: [],
            conda: packages.map { package in
                ChosenCondaPackage(record: package.record, url: package.url, channel: package.channel)
            })
    }

    /// Each package once, with the targets that have it.
    private static func locked(_ answers: [JointAnswer]) -> [LockedCondaPackage] {
        var packages: [String: LockedCondaPackage] = [:]
        for answer in answers {
            for package in answer.conda {
                let provides = package.provides.map { ProvidedProject(name: $0.name, version: $0.version) }
                packages[package.url, default: LockedCondaPackage(
                    record: package.record, url: package.url, channel: package.channel, provides: provides)]
                    .targets.append(LockTarget(answer.target))
            }
        }
        return packages.values.map { package in
            LockedCondaPackage(
                record: package.record, url: package.url, channel: package.channel,
                targets: package.targets.count == answers.count ? [] : package.targets, provides: package.provides)
        }
    }
}

extension JointTarget {
    /// - Parameters:
    ///   - platformName: as `PlatformName` writes it.
    ///   - environment: whose variables `CONDA_OVERRIDE_…` change what the platform is taken to have.
    init(platformName: String, environment: [String: String]) throws {
        let name = try PlatformName(parsing: platformName)
        var facts = SystemFacts()
        var system = "linux"
        switch name.system {
        case .linux(.glibc(let major, let minor)): facts.glibc = try CondaVersion(parsing: "\(major).\(minor)")
        case .linux: break
        case .macOS(let major, let minor):
            system = "osx"
            facts.macOS = try CondaVersion(parsing: "\(major).\(minor)")
        case .windows: system = "win"
        }
        try facts.apply(overridesIn: environment)
        let processor = ["x86_64": "64", "amd64": "64", "i686": "32"][name.processor] ?? name.processor
        let subdir = try Subdir(parsing: "\(system)-\(processor)")
        self.init(subdir: subdir, virtualPackages: facts.virtualPackages(on: subdir), platform: platformName)
    }
}
