/// Why a version cannot be used, though there is one.
enum Unusable: Sendable, Hashable {
    /// Its `Requires-Python` rules the target's Python out.
    case python(required: String)
    /// It has wheels, but none that the target can install; with what they are for.
    case noCompatibleWheel(WheelMismatch)
    case onlySourceDistributions
    /// It was taken back, for the reason that is given.
    case yanked(String?)
    case prerelease
    /// The index gives no SHA-256 of the wheel, so that it could not be locked.
    case noDigest
    /// The rest of a sentence that begins with the version.
    case badMetadata(String)
    /// It asks for a file by its URL.
    case urlDependency(String)
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
        case (.yanked, .yanked), (.noCompatibleWheel, .noCompatibleWheel): true
        default: self == other
        }
    }
}
