import CondaChannels
import CondaPackaging
import CondaPrefixes
import CondaSolving
import Diagnostics
import Interpreters
import Lockfiles
import PackageSources
import PythonPackaging
import Resolution
import SourceBuilds

// Conda packages, alone or together with Python ones.
extension PackageWorkshop {
    /// The packages for each platform and Python.
    func condaAnswers(_ order: PackageOrder, _ files: ReadFiles) async throws -> CondaAnswers {
        let settings = try order.conda.settings(files.read.conda, environment: environment)
        for warning in settings.warnings { progress(.warning(warning)) }
        let question = try await question(order, files, settings)
        return try await withChannels(settings, files.index) { client in
            try await answers(question, files, client, folder: order.folder) { question in
                question.request.pypi.preferences = order.upgrade.preferences(from: order.earlier)
            }
        }
    }

    /// Asks channels, and closes the connections afterwards.
    func withChannels<Value: Sendable>(
        _ settings: ChannelSettings, _ index: IndexOptions, _ work: (ChannelClient) async throws -> Value
    ) async throws -> Value {
        let client = ChannelClient(
            settings: settings, connections: try ChannelClient.connections(options: index, environment: environment),
            cache: cache, progress: progress)
        do {
            let value = try await work(client)
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// What makes a lock out of date; no channel is asked.
    func condaReasons(_ order: PackageOrder, _ files: ReadFiles, against lock: PyLock) async throws -> [String] {
        let settings = try order.conda.settings(files.read.conda, environment: environment)
        var question = try await question(order, files, settings)
        if !files.read.unnamed.isEmpty {
            question.request.pypi = try await withSource(files.index, files.options, of: try await finder.find()) { source in
                try await files.read.named(by: source)
            }
        }
        let locked = lock.origin?.targets ?? []
        var wanted = LockOrigin(question.request.pypi, for: [], in: files.context(indexes: [], folder: order.folder))
        wanted.targets = question.targets.map { target in
            let platform = target.joint.platform.description
            let python = target.python ?? locked.first { $0.platform == platform }?.python ?? "any"
            // Which Python it is, is a part of the answer.
            return locked.first { $0.platform == platform && ($0.python == python || $0.python.hasPrefix("\(python).")) }
                ?? LockTarget(platform: platform, python: python)
        }
        wanted.conda = question.origin
        return lock.differences(from: wanted).map(\.words)
    }

    private func question(_ order: PackageOrder, _ files: ReadFiles, _ settings: ChannelSettings) async throws -> CondaQuestion {
        try CondaQuestion(
            files.read, order, channels: try settings.channels(), priority: settings.priority,
            platforms: try await condaPlatforms(order, files.read.conda))
    }

    /// Those that are named, else those of the lock that is there, else those of the files, else this machine's.
    ///
    /// What virtual packages tell is what the platform's name says of it, or what the lock has noted; of this machine, where nobody
    /// named a platform, what is found out on it.
    private func condaPlatforms(_ order: PackageOrder, _ read: ReadCondaRequest) async throws -> [JointTarget] {
        let locked = Set((order.earlier?.origin?.targets ?? []).map(\.platform)).sorted()
        let names = order.isForThisMachine ? [] : [order.platforms, locked, read.platforms.map(\.description)].first { !$0.isEmpty } ?? []
        guard !names.isEmpty else {
            let facts = await SystemFacts.ofThisMachine(environment: environment)
            return [try condaPlatform(try PlatformName(parsing: await platformHere()), facts: facts)]
        }
        var platforms: [JointTarget] = []
        for name in names {
            var platform = try condaPlatform(try PlatformName(parsing: name))
            if order.platforms.isEmpty, let known = order.earlier?.origin?.conda?.platforms.first(where: { $0.target?.platform == name }) {
                platform.conda.virtualPackages = known.virtualPackages
            }
            if !platforms.contains(platform) { platforms.append(platform) }
        }
        return platforms
    }

    private func condaPlatform(_ name: PlatformName, facts: SystemFacts? = nil) throws -> JointTarget {
        let found = try CondaTarget(name, facts: facts, environment: environment)
        return JointTarget(found, platform: name)
    }

    // MARK: - Solving

    /// - Parameters:
    ///   - folder: that the lock will lie in.
    ///   - settle: the last word on what is asked, once all names are known.
    func answers(
        _ question: CondaQuestion, _ files: ReadFiles, _ client: ChannelClient, folder: String?,
        settle: (inout CondaQuestion) -> Void = { _ in }
    ) async throws -> CondaAnswers {
        let conda = ChannelPackageSource(client, cache: cache)
        let targets = question.targets.map(\.joint)
        guard !files.read.request.requirements.isEmpty || !files.read.unnamed.isEmpty else {
            let resolver = JointResolver(conda: conda, source: NoPackageIndex(), options: files.options, progress: progress)
            let answers = try await resolver.answers(question.request, for: targets)
            return CondaAnswers(question: question, answers: answers, context: files.context(indexes: [], folder: folder))
        }
        return try await withSource(files.index, files.options, of: try await finder.find()) { source in
            var question = question
            question.request.pypi = try await files.read.named(by: source)
            settle(&question)
            let resolver = JointResolver(conda: conda, source: source, options: files.options, progress: progress)
            let answers = try await resolver.answers(question.request, for: targets)
            try files.read.checkHashes(of: answers.flatMap(\.packages).map(\.name))
            return CondaAnswers(
                question: question, answers: answers, context: files.context(indexes: source.indexDescriptions, folder: folder))
        }
    }
}
