import CondaChannels
import CondaPackaging
import CondaSolving
import Diagnostics
import FoundationEssentials
import Lockfiles
import PackageSources
import PythonPackaging
import Resolution

/// What is asked of conda, for whom.
struct CondaOrder: Sendable {
    var conda: CondaArguments
    var index: IndexArguments
    /// As it was named.
    var python: String?
    /// This machine's where nothing is said.
    var platforms: [String] = []
    /// The lock that is there already: what it has is kept where it will do.
    var earlier: PyLock?
    var upgrade = VersionUpgrade.none
}

extension PackageWorkshop {
    /// The conda packages for each platform.
    func condaAnswers(_ order: CondaOrder) async throws -> (answers: [CondaAnswer], request: CondaRequest) {
        let options = order.index.options(over: IndexOptions())
        let settings = try order.conda.settings(environment: environment)
        for warning in settings.warnings { progress(.warning(warning)) }
        let client = ChannelClient(
            settings: settings, connections: try ChannelClient.connections(options: options, environment: environment),
            cache: cache, progress: progress)
        do {
            let answers = try await condaAnswers(order, settings, client)
            await client.shutdown()
            return answers
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func condaAnswers(
        _ order: CondaOrder, _ settings: ChannelSettings, _ client: ChannelClient
    ) async throws -> (answers: [CondaAnswer], request: CondaRequest) {
        var request = try request(order, settings)
        var answers: [CondaAnswer] = []
        for platform in try await platforms(order) {
            let target = try CondaTarget(platform, environment: environment)
            request.options.preferences = order.preferences(on: platform)
            let packages = try await CondaResolver(source: client, progress: progress).packages(for: request, on: target)
            answers.append(CondaAnswer(packages, for: target, platform: platform.description))
        }
        return (answers, request)
    }

    /// What makes a lock out of date; no channel is asked.
    func condaReasons(_ order: CondaOrder, against lock: PyLock) async throws -> [String] {
        let request = try request(order, try order.conda.settings(environment: environment))
        let locked = lock.origin?.targets ?? []
        let platforms = try await platforms(order)
        let targets = platforms.map { platform in
            let name = platform.description
            // Which Python it is, is a part of the answer.
            return locked.first { $0.covers(LockTarget(platform: name, python: $0.python)) }
                ?? LockTarget(platform: name, python: order.python ?? "any")
        }
        let wanted = LockOrigin(requirements: [], targets: targets, conda: CondaOrigin(request, on: []))
        return lock.differences(from: wanted).map(\.words)
    }

    private func request(_ order: CondaOrder, _ settings: ChannelSettings) throws -> CondaRequest {
        var request = CondaRequest(
            try order.conda.requirements(python: order.python), channels: try settings.channels())
        request.options.channelPriority = CondaOptions.ChannelPriority(rawValue: settings.priority.rawValue) ?? .strict
        return request
    }

    /// Those that are named, else those of the lock that is there, else this machine's.
    private func platforms(_ order: CondaOrder) async throws -> [PlatformName] {
        let locked = Set((order.earlier?.origin?.targets ?? []).map(\.platform)).sorted()
        let names = order.platforms.isEmpty ? locked : order.platforms
        if !names.isEmpty { return try names.map { try PlatformName(parsing: $0) } }
        let here = try await targets(pythons: [], platforms: []).targets
        return try here.prefix(1).map { try PlatformName(parsing: $0.platformName) }
    }
}

extension CondaOrder {
    /// What the lock that is there has for a platform, but for what is to be newer.
    func preferences(on platform: PlatformName) -> [CondaName: [CondaOptions.Preference]] {
        var preferences: [CondaName: [CondaOptions.Preference]] = [:]
        for package in earlier?.conda?.packages ?? [] {
            guard package.targets.isEmpty || package.targets.contains(where: { $0.platform == platform.description }),
                keeps(package.record.name)
            else { continue }
            preferences[package.record.name] = [.init(version: package.record.version, build: package.record.build)]
        }
        return preferences
    }

    private func keeps(_ name: CondaName) -> Bool {
        switch upgrade {
        case .none: true
        case .all: false
        case .these(let names): !names.contains { $0.description == name.description }
        }
    }
}
