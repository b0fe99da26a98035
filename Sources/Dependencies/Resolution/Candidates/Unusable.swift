internal import CondaSolving
internal import Lockfiles

/// Why a version cannot be used, though there is one.
enum Unusable: Sendable, Hashable {
    /// Its `Requires-Python` rules the target's Python out.
    case python(required: String)
    /// It has wheels but no source distribution, and none of the wheels can be installed on the target; with what they
    /// are for.
    case noCompatibleWheel(WheelMismatch)
    /// It has source distributions only, and nobody is there to build them.
    case onlySourceDistributions
    /// It would have to be built, which the person forbade (`only-binary`).
    case buildForbidden
    /// It has wheels only, and the person wants it built from source (`no-binary`).
    case onlyWheels
    /// It was taken back, for the reason that is given.
    case yanked(String?)
    /// Pre-releases are switched off.
    case prerelease
    /// All its files that would do came later than the person allows (`exclude-newer`); with the first one's time,
    /// `nil` where the index does not say it.
    case tooNew(UTCTime?)
    /// None of its files has a hash that the person named.
    case noNamedHash
    /// The index gives no SHA-256 of the wheel, so that it could not be locked.
    case noDigest
    /// The rest of a sentence that begins with the version.
    case badMetadata(String)
    /// It asks for a file by its URL.
    case urlDependency(String)
    /// A conda record has a dependency that cannot be asked for.
    case conda(CondaUnusable)
}

/// What a version's wheels are for, where none fits.
struct WheelMismatch: Sendable, Hashable {
    enum Part: Sendable, Hashable { case python, abi, platform }

    /// The first part of the tag that no wheel matches.
    let part: Part
    /// The values of that part, sorted.
    let found: [String]
}

extension Unusable {
    /// Whether both can be told in one sentence about several versions.
    func isLike(_ other: Unusable) -> Bool {
        switch (self, other) {
        case (.yanked, .yanked), (.noCompatibleWheel, .noCompatibleWheel), (.tooNew, .tooNew): true
        default: self == other
        }
    }
}
