// Comparing is inlinable: sorting and searching thousands of versions happens in other modules.
extension Version: Comparable {
    @inlinable
    public static func < (left: Version, right: Version) -> Bool {
        guard left.large == nil, right.large == nil else { return left.isUnpackedBefore(right) }
        return left.high != right.high ? left.high < right.high : left.low < right.low
    }

    @inlinable
    public static func == (left: Version, right: Version) -> Bool {
        // A version that fits is always packed, so a packed one never equals a large one.
        guard left.large == nil, right.large == nil else { return left.isUnpackedEqual(to: right) }
        return left.high == right.high && left.low == right.low
    }

    @usableFromInline
    func isUnpackedBefore(_ other: Version) -> Bool { parts.order(before: other.parts, local: true) < 0 }

    @usableFromInline
    func isUnpackedEqual(to other: Version) -> Bool {
        guard let mine = large, let theirs = other.large else { return false }
        return mine === theirs || mine.parts.order(before: theirs.parts, local: true) == 0
    }

    /// Negative, 0 or positive as the version is before, at or after `other` when local parts are disregarded.
    func publicOrder(before other: Version) -> Int {
        if large == nil, other.large == nil {
            if high != other.high { return high < other.high ? -1 : 1 }
            return low == other.low ? 0 : low < other.low ? -1 : 1
        }
        return parts.order(before: other.parts, local: false)
    }
}

extension Version: Hashable {
    public func hash(into hasher: inout Hasher) {
        guard let parts = large?.parts else {
            hasher.combine(high)
            hasher.combine(low)
            return
        }
        hasher.combine(parts.epoch)
        hasher.combine(parts.release[..<parts.significantCount])
        hasher.combine(parts.pre)
        hasher.combine(parts.post)
        hasher.combine(parts.dev)
        hasher.combine(parts.local)
    }
}

extension VersionParts {
    /// Negative, 0 or positive as these parts come before, with or after `other` (PEP 440, summary of permitted
    /// suffixes and relative ordering).
    func order(before other: VersionParts, local: Bool) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        for position in 0..<max(release.count, other.release.count) {
            let mine = position < release.count ? release[position] : 0
            let theirs = position < other.release.count ? other.release[position] : 0
            if mine != theirs { return mine < theirs ? -1 : 1 }
        }
        let ordered = Self.order(phaseKey, other.phaseKey)
        if ordered != 0 { return ordered }
        if post != other.post { return Self.isOrdered(post, other.post, noneFirst: true) ? -1 : 1 }
        if dev != other.dev { return Self.isOrdered(dev, other.dev, noneFirst: false) ? -1 : 1 }
        guard local, self.local != other.local else { return 0 }
        return self.local.lexicographicallyPrecedes(other.local) ? -1 : 1
    }

    private var phaseKey: (UInt64, VersionNumber) {
        if let pre { return (pre.phase.rank, pre.number) }
        return (dev != nil && post == nil ? 0 : 4, 0)
    }

    private static func order(_ left: (UInt64, VersionNumber), _ right: (UInt64, VersionNumber)) -> Int {
        left == right ? 0 : left < right ? -1 : 1
    }

    private static func isOrdered(_ left: VersionNumber?, _ right: VersionNumber?, noneFirst: Bool) -> Bool {
        guard let left else { return noneFirst }
        guard let right else { return !noneFirst }
        return left < right
    }
}
