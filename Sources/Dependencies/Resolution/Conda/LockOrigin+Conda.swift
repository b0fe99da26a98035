import CondaPackaging
import CondaSolving
public import Lockfiles

extension CondaOrigin {
    /// What a lock says that it answers.
    public init(_ request: CondaRequest, on platforms: [Platform]) {
        let priority = request.options.channelPriority
        self.init(
            requirements: request.requirements.map { AnsweredRequirement($0.text, askers: $0.asker.map { [$0.words] } ?? []) },
            channels: request.channels.map(\.baseURL), priority: priority == .strict ? nil : priority.rawValue,
            platforms: platforms)
    }
}

/// What conda answers for one platform of a lock.
public struct CondaAnswer: Sendable, Hashable {
    public var target: CondaTarget
    /// With the Python that was chosen.
    public var lockTarget: LockTarget
    public var packages: [LockedCondaPackage]

    /// - Parameter platform: the name that the lock has for the platform.
    public init(_ packages: [LockedCondaPackage], for target: CondaTarget, platform: String) {
        self.target = target
        self.packages = packages
        let python = packages.first { $0.record.name.description == "python" }
        let isFreeThreaded = python.flatMap { try? CondaPython($0.record) }?.isFreeThreaded ?? false
        let version = python?.record.version.description ?? ""
        lockTarget = LockTarget(platform: platform, python: isFreeThreaded ? version + "t" : version)
    }
}

extension PyLock {
    /// One lock of what conda answers for several platforms.
    public init(_ answers: [CondaAnswer], to request: CondaRequest) {
        var targets: [LockedCondaPackage: [LockTarget]] = [:]
        for answer in answers {
            for package in answer.packages {
                var package = package
                package.targets = []
                targets[package, default: []].append(answer.lockTarget)
            }
        }
        let packages = targets.map { package, targets in
            LockedCondaPackage(
                record: package.record, url: package.url, channel: package.channel, targets: targets, provides: package.provides)
        }
        let platforms = answers.map {
            CondaOrigin.Platform($0.target.subdir, virtualPackages: $0.target.virtualPackages, target: $0.lockTarget)
        }
        self.init(
            packages: [], conda: LockedConda(channels: request.channels.map(\.baseURL), packages: packages),
            origin: LockOrigin(
                requirements: [], targets: answers.map(\.lockTarget), conda: CondaOrigin(request, on: platforms)))
    }
}
