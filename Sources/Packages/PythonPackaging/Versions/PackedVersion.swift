/// A version in two words whose order as integers is the order of PEP 440.
///
/// `high` holds the first three release components (20, 20 and 24 bits). `low` holds the fourth (25 bits, enough for a
/// date), then what decides between versions of one release: the phase (3 bits; a development release of the final
/// version sorts before all alphas, so that has its own phase 0), the phase's number (10), the post-release plus one
/// (8, 0 for none) and the development release (18, all ones for none, since `1.0.dev1` comes before `1.0`).
struct PackedVersion {
    let high: UInt64
    let low: UInt64

    private static let developmentPhase: UInt64 = 0
    private static let finalPhase: UInt64 = 4
    private static let noDev: UInt64 = 1 << 18 - 1

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Packs small numbers; `nil` where one does not fit.
    ///
    /// - Parameter release: The first four components; further ones are 0.
    @inline(__always)
    init?(
        release: (UInt64, UInt64, UInt64, UInt64), phase: PreRelease.Phase? = nil, phaseNumber: UInt64 = 0,
        post: UInt64? = nil, dev: UInt64? = nil
    ) {
        guard release.0 < 1 << 20, release.1 < 1 << 20, release.2 < 1 << 24, release.3 < 1 << 25,
            phaseNumber < 1 << 10, (post ?? 0) < 1 << 8 - 1, (dev ?? 0) < Self.noDev
        else { return nil }
        high = release.0 << 44 | release.1 << 24 | release.2
        let rank =
            if let phase { phase.rank } else if dev != nil, post == nil { Self.developmentPhase } else {
                Self.finalPhase
            }
        low =
            release.3 << 39 | rank << 36 | phaseNumber << 26 | (post.map { $0 + 1 } ?? 0) << 18 | (dev ?? Self.noDev)
    }

    init?(_ parts: VersionParts) {
        guard parts.epoch == 0, parts.local.isEmpty, parts.release.count <= UInt32.max, parts.significantCount <= 4
        else {
            return nil
        }
        func component(_ position: Int) -> UInt64 {
            position < parts.release.count ? parts.release[position].clamped : 0
        }
        self.init(
            release: (component(0), component(1), component(2), component(3)), phase: parts.pre?.phase,
            phaseNumber: parts.pre?.number.clamped ?? 0, post: parts.post?.clamped, dev: parts.dev?.clamped)
    }

    func component(_ position: Int) -> UInt64 {
        switch position {
        case 0: high >> 44
        case 1: high >> 24 & (1 << 20 - 1)
        case 2: high & (1 << 24 - 1)
        case 3: low >> 39
        default: 0
        }
    }

    private var phaseRank: UInt64 { low >> 36 & 7 }
    private var dev: UInt64? { low & Self.noDev == Self.noDev ? nil : low & Self.noDev }

    var isPrerelease: Bool { phaseRank != Self.finalPhase || dev != nil }

    /// The packed parts; `spelledCount` is the number of release components to give.
    func parts(spelledCount: Int) -> VersionParts {
        let phase = PreRelease.Phase.allCases.first { $0.rank == phaseRank }
        let post = low >> 18 & (1 << 8 - 1)
        return VersionParts(
            release: (0..<spelledCount).map { VersionNumber(component($0)) },
            pre: phase.map { .init(phase: $0, number: VersionNumber(low >> 26 & (1 << 10 - 1))) },
            post: post == 0 ? nil : VersionNumber(post - 1), dev: dev.map { VersionNumber($0) })
    }
}
