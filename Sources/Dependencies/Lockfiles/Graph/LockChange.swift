public import PythonPackaging

/// How one package of a lock changed from an earlier one.
public struct LockChange: Sendable, Hashable {
    public let name: PackageName
    /// The versions that were locked, in order; none of a package that came in.
    public let old: [Version]
    /// The versions that are; none of a package that went away.
    public let new: [Version]
}

extension PyLock {
    /// The packages whose versions are others than in an earlier lock, in the order of their names.
    public func changes(since earlier: PyLock) -> [LockChange] {
        func versions(_ lock: PyLock) -> [PackageName: Set<Version>] {
            Dictionary(lock.packages.map { ($0.name, Set([$0.version].compactMap(\.self))) }) { $0.union($1) }
        }
        let (old, new) = (versions(earlier), versions(self))
        return Set(old.keys).union(new.keys).sorted().compactMap { name in
            guard old[name] != new[name] else { return nil }
            return LockChange(name: name, old: old[name, default: []].sorted(), new: new[name, default: []].sorted())
        }
    }
}
