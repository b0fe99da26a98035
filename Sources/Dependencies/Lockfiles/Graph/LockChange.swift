import CondaPackaging
import PythonPackaging

/// How one package of a lock changed from an earlier one.
public struct LockChange: Sendable, Hashable {
    /// Of conda packages as well as of Python ones.
    public let name: String
    /// Whether it is a conda package.
    public let isConda: Bool
    /// The versions that were locked, in order; none of a package that came in.
    public let old: [String]
    /// The versions that are; none of a package that went away.
    public let new: [String]
}

extension PyLock {
    /// The packages whose versions are others than in an earlier lock, in the order of their names; conda packages, of which the
    /// build counts, too, after the Python ones.
    public func changes(since earlier: PyLock) -> [LockChange] {
        Self.changes(earlier.locked, locked).map { name, old, new in
            LockChange(name: name.description, isConda: false, old: old.map(\.description), new: new.map(\.description))
        } + Self.changes(earlier.lockedConda, lockedConda).map { name, old, new in
            // The build says something only where the versions do not.
            let isRebuilt = Set(old.map(\.version)) == Set(new.map(\.version))
            func words(_ builds: [CondaBuild]) -> [String] {
                builds.map { isRebuilt ? "\($0.version) \($0.build)" : $0.version.description }.uniqued
            }
            return LockChange(name: name.description, isConda: true, old: words(old), new: words(new))
        }
    }

    private static func changes<Name: Hashable & Comparable, Value: Hashable & Comparable>(
        _ old: [Name: Set<Value>], _ new: [Name: Set<Value>]
    ) -> [(Name, [Value], [Value])] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            guard old[name] != new[name] else { return nil }
            return (name, old[name, default: []].sorted(), new[name, default: []].sorted())
        }
    }

    private var locked: [PackageName: Set<Version>] {
        Dictionary(packages.map { ($0.name, Set([$0.version].compactMap(\.self))) }) { $0.union($1) }
    }

    private var lockedConda: [CondaName: Set<CondaBuild>] {
        Dictionary((conda?.packages ?? []).map { ($0.record.name, [CondaBuild($0.record)]) }) { $0.union($1) }
    }
}

/// A version of a conda package, as it was built.
private struct CondaBuild: Hashable, Comparable {
    let version: CondaVersion
    let build: String

    init(_ record: RepodataRecord) { (version, build) = (record.version, record.build) }

    static func < (left: Self, right: Self) -> Bool {
        left.version == right.version ? left.build < right.build : left.version < right.version
    }
}

extension [String] {
    /// Each once, where it is first.
    fileprivate var uniqued: [String] { reduce(into: []) { if $0.last != $1 { $0.append($1) } } }
}
