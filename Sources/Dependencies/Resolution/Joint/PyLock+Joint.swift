import CondaPackaging
public import Lockfiles
internal import PythonPackaging

extension JointResolver {
    /// One lock of both worlds for all the targets.
    ///
    /// - Parameter context: What the lock says beside the answers. Its options should be those of the resolver.
    public func lock(
        _ request: JointRequest, for targets: [JointTarget], in context: LockContext = .init()
    ) async throws(ResolutionError) -> PyLock {
        let answers = try await answers(request, for: targets)
        do {
            return try PyLock(answers, answering: request, in: context)
        } catch {
            throw .source(error)
        }
    }
}

extension PyLock {
    /// Writes down what was chosen of both worlds for several targets.
    ///
    /// - Throws: Where two targets that no marker can tell apart got different versions of a package.
    public init(
        _ answers: [JointAnswer], answering request: JointRequest, in context: LockContext = .init()
    ) throws(TargetLockError) {
        let pythons = answers.compactMap { answer in
            answer.python.map { TargetAnswer(target: $0, packages: answer.packages) }
        }
        if pythons.count == answers.count {
            try self.init(pythons, answering: request.pypi, in: context)
        } else {
            self.init(packages: [])
        }
        let targets = answers.map(\.lockTarget)
        if origin == nil { origin = LockOrigin(requirements: [], targets: targets) }
        conda = LockedConda(channels: request.conda.channels.map(\.baseURL), packages: Self.merged(answers))
        let platforms = answers.map {
            CondaOrigin.Platform(
                $0.target.conda.subdir, virtualPackages: $0.target.conda.virtualPackages, target: $0.lockTarget)
        }
        origin?.conda = CondaOrigin(request, on: platforms)
    }

    /// Each conda package once, with the targets that have it where that is not all of them.
    private static func merged(_ answers: [JointAnswer]) -> [LockedCondaPackage] {
        var targets: [LockedCondaPackage: [LockTarget]] = [:]
        for answer in answers {
            for package in answer.conda { targets[package, default: []].append(answer.lockTarget) }
        }
        return targets.map { package, targets in
            LockedCondaPackage(
                record: package.record, url: package.url, channel: package.channel,
                targets: targets.count == answers.count ? [] : targets, provides: package.provides)
        }
    }
}

extension JointAnswer {
    /// What a lock calls the target.
    var lockTarget: LockTarget {
        python.map(LockTarget.init) ?? LockTarget(platform: target.platform.description, python: "")
    }
}

extension CondaOrigin {
    /// What a lock says that it answers.
    public init(_ request: JointRequest, on platforms: [Platform]) {
        self.init(request.conda, on: platforms)
        preference = request.preference.usual?.rawValue
        for (name, world) in request.preference.ofProjects { preferences[name.description] = world.rawValue }
        mapping = request.names.texts
    }
}
