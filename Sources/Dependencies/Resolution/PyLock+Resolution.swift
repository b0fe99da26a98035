internal import Lockfiles
import PythonPackaging

extension PyLock {
    /// Writes down what was chosen, and what it is for.
    init(_ packages: [ResolvedPackage], answering requirements: [RootRequirement], target: PythonTarget) {
        self.init(
            environments: [target.lockMarker],
            requiresPython: "==\(target.pythonVersion.major).\(target.pythonVersion.minor).*",
            packages: packages.compactMap { package in
                // A wheel without a hash is not chosen.
                package.wheel.sha256.map { digest in
                    LockedPackage(
                        name: package.name, version: package.version, requiresPython: package.requiresPython,
                        dependencies: package.dependencies, index: package.index,
                        wheels: [
                            LockedWheel(
                                filename: package.wheel.filename, url: package.wheel.url, sha256: digest,
                                size: package.wheel.size, uploadTime: package.wheel.uploadTime)
                        ])
                }
            },
            origin: LockOrigin(
                requirements: Set(requirements.map(\.requirement.description)).sorted(),
                python: target.pythonVersion.description, platform: target.platformName))
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
