public import CondaPackaging
public import CondaSolving
public import Lockfiles
public import PythonPackaging

/// Which packages of an earlier lock may move to other versions where they need not.
public enum VersionUpgrade: Sendable, Hashable {
    /// None: what is locked stays as long as it will do.
    case none
    case all
    /// By their names in package indexes and in conda channels.
    case these(Set<PackageName>, conda: Set<CondaName> = [])

    /// The versions of a lock that another resolution prefers.
    public func preferences(from lock: PyLock?) -> [PackageName: Version] {
        guard let lock else { return [:] }
        switch self {
        case .none: return lock.versions
        case .all: return [:]
        case .these(let names, _): return lock.versions.filter { !names.contains($0.key) }
        }
    }

    /// The conda packages of a lock that another resolution takes where they will do, of those for a platform.
    ///
    /// - Parameters:
    ///   - platform: as the lock names it, `linux-x86_64-glibc-2.36`; what is for other platforms does not count.
    ///   - python: the series that is wanted, `3.12`, where the lock may be for several; `nil` for any.
    public func condaPreferences(
        from lock: PyLock?, on platform: String, python: String? = nil
    ) -> [CondaName: [CondaOptions.Preference]] {
        guard self != .all else { return [:] }
        var preferences: [CondaName: [CondaOptions.Preference]] = [:]
        for package in lock?.conda?.packages ?? [] {
            if case .these(_, let names) = self, names.contains(package.record.name) { continue }
            let isMeant = package.targets.isEmpty
                || package.targets.contains { target in
                    target.platform == platform && (python.map { target.python == $0 || target.python.hasPrefix("\($0).") } ?? true)
                }
            guard isMeant else { continue }
            preferences[package.record.name, default: []].append(.init(version: package.record.version, build: package.record.build))
        }
        return preferences
    }
}
