/// A conda version in a form whose order, byte by byte, is the order of versions (CEP 33).
///
/// Two keys are equal when their versions are. Nearly all versions in use fit into 16 bytes, which stand in two words:
/// comparing those is comparing integers, without an allocation. Longer ones continue in a shared object. No key is the
/// beginning of another one.
///
/// What the bytes are (`VersionKeyWriter` writes them):
/// - A segment begins with its number, or with a code that says how a zero goes on, since `1.0.a` comes before `1`,
///   and `1` before `1.0.1`: what is missing counts as 0.
/// - Then text and numbers take turns; each segment ends with a code of its own, which compares as the zero that it
///   stands for.
/// - After the last segment comes the code for "no more", which compares as zeros without end; then the same again for
///   the local part.
/// - An epoch comes first of all, behind a byte that is above all others.
public struct VersionKey: Sendable {
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64
    // The bytes from the 17th on.
    @usableFromInline let rest: VersionKeyRest?

    @usableFromInline
    init(high: UInt64, low: UInt64, rest: VersionKeyRest?) {
        self.high = high
        self.low = low
        self.rest = rest
    }
}

/// The bytes of a version's key that do not fit into two words.
@usableFromInline
final class VersionKeyRest: Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension VersionKey {
    /// Before every version.
    static let lowest = VersionKey(high: 0, low: 0, rest: nil)

    /// The place directly after this version: no other one lies between them.
    var successor: VersionKey {
        if let rest { return VersionKey(high: high, low: low, rest: VersionKeyRest(rest.bytes + [0])) }
        // No key is the beginning of another, so one with other bytes differs in these 16.
        let (next, overflows) = low.addingReportingOverflow(1)
        return VersionKey(high: overflows ? high &+ 1 : high, low: next, rest: nil)
    }
}

// Comparing is inlinable: sorting and searching thousands of versions happens in other modules.
extension VersionKey: Comparable, Hashable {
    @inlinable
    public static func < (left: VersionKey, right: VersionKey) -> Bool {
        if left.high != right.high { return left.high < right.high }
        if left.low != right.low { return left.low < right.low }
        guard left.rest != nil || right.rest != nil else { return false }
        return left.isRestBefore(right)
    }

    @inlinable
    public static func == (left: VersionKey, right: VersionKey) -> Bool {
        guard left.high == right.high, left.low == right.low else { return false }
        guard left.rest != nil || right.rest != nil else { return true }
        return left.isRestEqual(to: right)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(high)
        hasher.combine(low)
        if let rest { hasher.combine(rest.bytes) }
    }

    @usableFromInline
    func isRestBefore(_ other: VersionKey) -> Bool {
        (rest?.bytes ?? []).lexicographicallyPrecedes(other.rest?.bytes ?? [])
    }

    @usableFromInline
    func isRestEqual(to other: VersionKey) -> Bool { rest?.bytes == other.rest?.bytes }
}
