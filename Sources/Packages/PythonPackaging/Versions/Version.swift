/// A version of a Python package (PEP 440).
///
/// Two versions are equal when PEP 440 says so: `1.0`, `1.0.0` and `v1` are one version with three spellings. The
/// spelled number of release components is kept for `description`, everything else is kept in normal form.
///
/// Nearly all versions in use fit into two machine words, which then also order them: comparing those is comparing
/// integers. Others (an epoch, a local version, a date as post-release…) keep their parts in a shared object.
public struct Version: Sendable {
    // The first three release components, most significant first.
    @usableFromInline let high: UInt64
    // The fourth release component and everything after the release; see `PackedVersion`.
    @usableFromInline let low: UInt64
    // The number of release components as spelled: `1.0.0` has 3.
    let spelledCount: UInt32
    // All parts of a version that does not fit; `high` and `low` are 0 then.
    @usableFromInline let large: LargeVersion?

    init(_ packed: PackedVersion, spelledCount: UInt32, large: LargeVersion? = nil) {
        high = packed.high
        low = packed.low
        self.spelledCount = spelledCount
        self.large = large
    }

    init(_ parts: VersionParts) {
        let spelledCount = UInt32(truncatingIfNeeded: parts.release.count)
        if let packed = PackedVersion(parts) {
            self.init(packed, spelledCount: spelledCount)
        } else {
            self.init(PackedVersion(high: 0, low: 0), spelledCount: spelledCount, large: LargeVersion(parts))
        }
    }

    /// Makes a version of its parts.
    ///
    /// - Parameter release: The release components; an empty list means `0`.
    public init(
        epoch: UInt64 = 0, release: [UInt64], pre: PreRelease? = nil, post: UInt64? = nil, dev: UInt64? = nil
    ) {
        self.init(
            VersionParts(
                epoch: VersionNumber(epoch), release: release.isEmpty ? [0] : release.map { VersionNumber($0) },
                pre: pre.map { .init(phase: $0.phase, number: VersionNumber($0.number)) },
                post: post.map { VersionNumber($0) }, dev: dev.map { VersionNumber($0) }))
    }

    /// All parts, taken out of the packed form where necessary.
    var parts: VersionParts {
        large?.parts ?? PackedVersion(high: high, low: low).parts(spelledCount: Int(spelledCount))
    }

    /// The version after `change` to its parts.
    func with(_ change: (inout VersionParts) -> Void) -> Version {
        var changed = parts
        change(&changed)
        return Version(changed)
    }
}

// Numbers beyond 64 bits exist in the grammar, and are compared and printed exactly. The properties below, which are
// for programs that look at single numbers, give `UInt64.max` for such a number.
extension Version {
    /// The number before `!`; 0 where none is written.
    public var epoch: UInt64 { large?.parts.epoch.clamped ?? 0 }

    /// The release components as spelled: `[1, 0]` for `1.0`.
    public var release: [UInt64] { parts.release.map(\.clamped) }

    /// Alpha, beta or release candidate, with its number.
    public var pre: PreRelease? {
        parts.pre.map { PreRelease(phase: $0.phase, number: $0.number.clamped) }
    }

    /// The number of the post-release.
    public var post: UInt64? { parts.post?.clamped }

    /// The number of the development release.
    public var dev: UInt64? { parts.dev?.clamped }

    /// What follows `+`, in normal form.
    public var local: String? {
        guard let parts = large?.parts, !parts.local.isEmpty else { return nil }
        return parts.localDescription
    }

    /// An alpha, beta, candidate or development release: what installers leave out unless asked.
    public var isPrerelease: Bool {
        if let large { return large.parts.pre != nil || large.parts.dev != nil }
        return PackedVersion(high: high, low: low).isPrerelease
    }

    public var isPostrelease: Bool { parts.post != nil }
    public var isDevelopmentRelease: Bool { parts.dev != nil }

    /// Whether there is a local part (`+cpu`).
    public var isLocal: Bool { large.map { !$0.parts.local.isEmpty } ?? false }

    /// The release component at `position`, 0 where fewer are written.
    public func releaseComponent(_ position: Int) -> UInt64 { releaseNumber(position).clamped }

    public var major: UInt64 { releaseComponent(0) }
    public var minor: UInt64 { releaseComponent(1) }
    public var micro: UInt64 { releaseComponent(2) }

    /// The version without its local part.
    public var publicVersion: Version { isLocal ? with { $0.local = [] } : self }

    /// Epoch and release only.
    public var baseVersion: Version {
        with {
            $0.pre = nil
            $0.post = nil
            $0.dev = nil
            $0.local = []
        }
    }

    func releaseNumber(_ position: Int) -> VersionNumber {
        guard position >= 0 else { return 0 }
        guard let large else { return VersionNumber(PackedVersion(high: high, low: low).component(position)) }
        return position < large.parts.release.count ? large.parts.release[position] : 0
    }
}

/// A version's place before its release: `a1`, `b2`, `rc3`.
public struct PreRelease: Hashable, Sendable {
    public enum Phase: String, Hashable, Sendable, Comparable, CaseIterable {
        case alpha = "a"
        case beta = "b"
        case candidate = "rc"

        var rank: UInt64 {
            switch self {
            case .alpha: 1
            case .beta: 2
            case .candidate: 3
            }
        }

        public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    }

    public var phase: Phase
    public var number: UInt64

    public init(phase: Phase, number: UInt64) {
        self.phase = phase
        self.number = number
    }
}
