public import PythonPackaging

extension LockTarget {
    /// The name of a target.
    public init(_ target: PythonTarget) { self.init(platform: target.platformName, python: target.pythonName) }

    /// Whether what was resolved for this target serves `wanted`, too: the same platform and series of Python, and no
    /// newer C library or system here.
    public func covers(_ wanted: LockTarget) -> Bool {
        guard let mine = try? PlatformName(parsing: platform), let theirs = try? PlatformName(parsing: wanted.platform),
            let python = try? TargetPython(parsing: python), let other = try? TargetPython(parsing: wanted.python)
        else { return self == wanted }
        return mine.processor == theirs.processor && mine.system.isNoNewer(than: theirs.system)
            && python.implementation == other.implementation && python.isFreeThreaded == other.isFreeThreaded
            && (python.version.major, python.version.minor) == (other.version.major, other.version.minor)
    }
}

extension PlatformName.System {
    fileprivate func isNoNewer(than other: Self) -> Bool {
        switch (self, other) {
        case (.linux(.glibc(let major, let minor)), .linux(.glibc(let otherMajor, let otherMinor))),
            (.linux(.musl(let major, let minor)), .linux(.musl(let otherMajor, let otherMinor))),
            (.macOS(let major, let minor), .macOS(let otherMajor, let otherMinor)):
            (major, minor) <= (otherMajor, otherMinor)
        default: self == other
        }
    }
}
