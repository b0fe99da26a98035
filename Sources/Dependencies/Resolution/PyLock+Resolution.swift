internal import Digests
internal import Lockfiles
import PythonPackaging

extension PyLock {
    /// Writes down what was chosen, and what it is for.
    init(_ packages: [ResolvedPackage], answering requirements: [RootRequirement], target: PythonTarget) {
        self.init(
            environments: [target.lockMarker],
            requiresPython: "==\(target.pythonVersion.major).\(target.pythonVersion.minor).*",
            packages: packages.compactMap(\.locked),
            origin: LockOrigin(
                requirements: Set(requirements.map(\.requirement.description)).sorted(),
                python: target.pythonVersion.description, platform: target.platformName))
    }
}

extension ResolvedPackage {
    /// As a lock has it; `nil` for a file without a hash, which is not chosen.
    var locked: LockedPackage? {
        let source: LockedSource
        switch self.source {
        case .wheel(let offered):
            guard let wheel = LockedFile(offered.file) else { return nil }
            source = .distributions(sdist: nil, wheels: [wheel])
        case .sdist(let offered):
            guard let sdist = LockedFile(offered.file) else { return nil }
            source = .distributions(sdist: sdist, wheels: [])
        case .direct(let distribution): source = distribution.source
        }
        return LockedPackage(
            name: name, version: hasDynamicVersion ? nil : version, requiresPython: requiresPython,
            dependencies: dependencies.map { LockedDependency(name: $0) }, source: source, index: offered?.index)
    }

    private var hasDynamicVersion: Bool {
        if case .direct(let distribution) = source { distribution.hasDynamicVersion } else { false }
    }
}

extension LockedFile {
    fileprivate init?(_ file: IndexFile) {
        guard let digest = file.sha256 else { return nil }
        self.init(
            filename: file.filename, url: file.url, sha256: digest, size: file.size, uploadTime: file.uploadTime)
    }
}

extension PythonTarget {
    /// What another tool has to check before it uses a lock for this target.
    var lockMarker: String {
        let facts = markerEnvironment
        return "implementation_name == '\(facts.implementationName)' and platform_machine == '\(facts.platformMachine)'"
            + " and python_version == '\(facts.pythonVersion)' and sys_platform == '\(facts.sysPlatform)'"
    }
}
