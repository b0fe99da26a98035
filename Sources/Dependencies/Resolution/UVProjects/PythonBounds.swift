internal import PythonPackaging

/// The lowest and the highest of a set of versions; what is left out between them does not count.
struct PythonBounds: Equatable {
    private struct Bound: Equatable {
        var release: [UInt64]
        var isIncluded: Bool

        init(_ version: Version, isIncluded: Bool) {
            var release = version.release
            while release.last == 0 { release.removeLast() }
            (self.release, self.isIncluded) = (release, isIncluded)
        }
    }

    private var lower: Bound?
    private var upper: Bound?

    init(_ set: SpecifierSet) {
        for specifier in set.specifiers {
            guard let version = specifier.version else { continue }
            switch specifier.operator {
            case .atLeast: raise(to: Bound(version, isIncluded: true))
            case .above: raise(to: Bound(version, isIncluded: false))
            case .below: drop(to: Bound(version, isIncluded: false))
            case .atMost: drop(to: Bound(version, isIncluded: true))
            case .equal where specifier.isPrefix: keep(version, prefix: version.release.count)
            case .compatible: keep(version, prefix: version.release.count - 1)
            case .equal, .identical:
                raise(to: Bound(version, isIncluded: true))
                drop(to: Bound(version, isIncluded: true))
            case .notEqual: break
            }
        }
    }

    /// The series that a version begins, from the version on.
    private mutating func keep(_ version: Version, prefix: Int) {
        raise(to: Bound(version, isIncluded: true))
        var next = Array(version.release.prefix(max(prefix, 1)))
        next[next.count - 1] += 1
        guard let end = try? Version(parsing: next.map { "\($0)" }.joined(separator: ".")) else { return }
        drop(to: Bound(end, isIncluded: false))
    }

    private mutating func raise(to bound: Bound) {
        guard let now = lower, !Self.isBelow(now, bound), !(now.release == bound.release && now.isIncluded) else {
            lower = bound
            return
        }
    }

    private mutating func drop(to bound: Bound) {
        guard let now = upper, !Self.isBelow(bound, now), !(now.release == bound.release && now.isIncluded) else {
            upper = bound
            return
        }
    }

    private static func isBelow(_ left: Bound, _ right: Bound) -> Bool {
        left.release.lexicographicallyPrecedes(right.release)
    }
}
