import CondaPackaging
public import Lockfiles
public import PythonPackaging

/// Which packages of an earlier lock may move to other versions where they need not.
public enum VersionUpgrade: Sendable, Hashable {
    /// None: what is locked stays as long as it will do.
    case none
    case all
    case these(Set<PackageName>)

    /// The versions of a lock that another resolution prefers.
    public func preferences(from lock: PyLock?) -> [PackageName: Version] {
        guard let lock else { return [:] }
        switch self {
        case .none: return lock.versions
        case .all: return [:]
        case .these(let names): return lock.versions.filter { !names.contains($0.key) }
        }
    }

    /// The conda packages of a lock that another resolution prefers on a platform.
    ///
    /// - Parameter platform: as targets of locks name it.
    public func condaPreferences(from lock: PyLock?, on platform: String) -> [LockedCondaPackage] {
        (lock?.conda?.packages ?? []).filter { package in
            let isThere = package.targets.isEmpty || package.targets.contains { $0.platform == platform }
            return isThere && keeps(package.record.name)
        }
    }

    private func keeps(_ name: CondaName) -> Bool {
        switch self {
        case .none: true
        case .all: false
        case .these(let names): (try? PackageName(parsing: name.description)).map { !names.contains($0) } ?? true
        }
    }
}
