internal import Lockfiles
public import PythonPackaging

/// What was chosen for one target.
public struct TargetAnswer: Sendable, Hashable {
    public var target: PythonTarget
    public var packages: [ResolvedPackage]

    public init(target: PythonTarget, packages: [ResolvedPackage]) {
        self.target = target
        self.packages = packages
    }
}

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

    /// `linux-x86_64-glibc-2.36`, `linux-x86_64-musl-1.2`, `macos-arm64-14.0`, and for others what markers call them.
    ///
    /// The version is that of the newest platform that wheels may be built for.
    public var platformName: String {
        let machine = markerEnvironment.platformMachine
        for tag in tags.tags {
            let parts = tag.platform.split(separator: "_", maxSplits: 3).map(String.init)
            guard parts.count == 4 else { continue }
            switch parts[0] {
            case "manylinux": return "linux-\(machine)-glibc-\(parts[1]).\(parts[2])"
            case "musllinux": return "linux-\(machine)-musl-\(parts[1]).\(parts[2])"
            case "macosx": return "macos-\(machine)-\(parts[1]).\(parts[2])"
            default: continue
            }
        }
        return "\(markerEnvironment.sysPlatform)-\(machine)"
    }
}
