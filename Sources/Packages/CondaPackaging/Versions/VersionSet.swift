/// Stretches of the order of versions: what a version spec allows, ready to be asked and combined.
///
/// A spec of any length becomes a sorted list of places at which "allowed" begins and ends in turn, so that asking is a
/// search among them.
public struct VersionSet: Hashable, Sendable {
    // The first is the first place that belongs to the set, the second the first that does not, and so on.
    private var boundaries: [VersionKey]

    private init(boundaries: [VersionKey]) { self.boundaries = boundaries }

    /// Every version.
    public static let all = VersionSet(boundaries: [.lowest])

    /// No version.
    public static let none = VersionSet(boundaries: [])

    init(_ interval: VersionInterval) {
        boundaries = interval.lower < interval.upper ? [interval.lower, interval.upper] : []
    }

    /// The versions from this place on.
    init(from lower: VersionKey) { boundaries = [lower] }

    /// The versions before this place.
    init(before upper: VersionKey) { boundaries = [.lowest, upper] }

    /// The versions from one place on and before another.
    init(from lower: VersionKey, before upper: VersionKey) { self.init(VersionInterval(lower: lower, upper: upper)) }

    public var isEmpty: Bool { boundaries.isEmpty }

    /// Whether every version is allowed.
    public var isEverything: Bool { boundaries.count == 1 && boundaries[0] == .lowest }

    /// - Complexity: Logarithmic in the number of stretches.
    @inline(__always)
    public func contains(_ version: CondaVersion) -> Bool {
        let key = version.key
        return boundaries.withUnsafeBufferPointer { boundaries in
            var low = 0
            var high = boundaries.count
            // Few have more than two places, for which going through them is fastest.
            if high <= 4 {
                while low < high, !(key < boundaries[low]) { low += 1 }
                return low & 1 == 1
            }
            while low < high {
                let middle = (low + high) >> 1
                if key < boundaries[middle] { high = middle } else { low = middle + 1 }
            }
            return low & 1 == 1
        }
    }

    /// All other versions.
    public var complement: VersionSet {
        boundaries.first == .lowest
            ? VersionSet(boundaries: Array(boundaries.dropFirst())) : VersionSet(boundaries: [.lowest] + boundaries)
    }

    public func intersection(_ other: VersionSet) -> VersionSet { combined(with: other, level: 2) }

    public func union(_ other: VersionSet) -> VersionSet { combined(with: other, level: 1) }

    public func isDisjoint(with other: VersionSet) -> Bool { intersection(other).isEmpty }

    public func isSubset(of other: VersionSet) -> Bool { intersection(other.complement).isEmpty }

    /// The places that at least `level` of both sets have.
    private func combined(with other: VersionSet, level: Int) -> VersionSet {
        if boundaries.count == 1, boundaries[0] == .lowest { return level == 2 ? other : self }
        if other.isEverything { return level == 2 ? self : other }
        var result: [VersionKey] = []
        result.reserveCapacity(boundaries.count + other.boundaries.count)
        var mine = 0
        var theirs = 0
        var isInside = false
        while mine < boundaries.count || theirs < other.boundaries.count {
            let isMineNext =
                theirs == other.boundaries.count
                || (mine < boundaries.count && boundaries[mine] < other.boundaries[theirs])
            let place = isMineNext ? boundaries[mine] : other.boundaries[theirs]
            if mine < boundaries.count, boundaries[mine] == place { mine += 1 }
            if theirs < other.boundaries.count, other.boundaries[theirs] == place { theirs += 1 }
            let isNowInside = (mine & 1) + (theirs & 1) >= level
            if isNowInside != isInside { result.append(place) }
            isInside = isNowInside
        }
        return VersionSet(boundaries: result)
    }
}
