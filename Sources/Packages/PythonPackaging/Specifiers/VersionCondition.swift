/// What a specifier asks of a version, prepared so that asking is one or two comparisons.
///
/// "Public" conditions disregard the local part of the version that is asked about.
enum VersionCondition: Sendable {
    /// At or after this version.
    case atLeast(Version)
    /// Before this version.
    case below(Version)
    case publicAtMost(Version)
    /// After this version and all its local and post-releases.
    case afterPosts(of: Version)
    case equal(Version)
    case notEqual(Version)
    case publicEqual(Version)
    case publicNotEqual(Version)
    case prefix(ReleasePrefix)
    case notPrefix(ReleasePrefix)
    case compatible(Version, ReleasePrefix)
    /// The text itself, in lower case.
    case text(String)

    func isFulfilled(by version: Version) -> Bool {
        switch self {
        case .atLeast(let bound): version >= bound
        case .below(let bound): version < bound
        case .publicAtMost(let bound): version.publicOrder(before: bound) <= 0
        case .afterPosts(let bound): version > bound && !version.sharesPhase(with: bound)
        case .equal(let wanted): version == wanted
        case .notEqual(let unwanted): version != unwanted
        case .publicEqual(let wanted): version.publicOrder(before: wanted) == 0
        case .publicNotEqual(let unwanted): version.publicOrder(before: unwanted) != 0
        case .prefix(let prefix): prefix.matches(version)
        case .notPrefix(let prefix): !prefix.matches(version)
        case .compatible(let bound, let prefix): version >= bound && prefix.matches(version)
        case .text(let text): version.description.lowercased() == text
        }
    }
}

extension VersionCondition {
    /// The condition of one clause. `===` is not one on versions and comes as `.text`.
    init(_ operator: Specifier.Operator, _ version: Version, isPrefix: Bool) {
        let parts = version.parts
        switch `operator` {
        case .equal where isPrefix: self = .prefix(ReleasePrefix(parts, count: parts.release.count))
        case .notEqual where isPrefix: self = .notPrefix(ReleasePrefix(parts, count: parts.release.count))
        case .equal: self = version.isLocal ? .equal(version) : .publicEqual(version)
        case .notEqual: self = version.isLocal ? .notEqual(version) : .publicNotEqual(version)
        case .atMost: self = .publicAtMost(version)
        case .atLeast: self = .atLeast(version)
        case .below:
            // `<1.0` also keeps out the pre-releases of 1.0, the first of which is 1.0.dev0.
            self = .below(version.isPrerelease ? version : version.with { $0.dev = 0 })
        case .above: self = Self.above(version, parts)
        case .compatible: self = .compatible(version, ReleasePrefix(parts, count: parts.release.count - 1))
        case .identical: self = .text(version.description)
        }
    }

    /// `>1.0` keeps out 1.0's post-releases too, unless a post-release or development release is itself named.
    private static func above(_ version: Version, _ parts: VersionParts) -> VersionCondition {
        if let dev = parts.dev { return .atLeast(version.with { $0.dev = dev.successor }) }
        guard let post = parts.post else { return .afterPosts(of: version) }
        return .atLeast(
            version.with {
                $0.post = post.successor
                $0.dev = 0
            })
    }
}

/// The beginning of a release, as `==1.2.*` and `~=1.2.3` name it.
struct ReleasePrefix: Sendable {
    private let epoch: VersionNumber
    private let release: [VersionNumber]

    init(_ parts: VersionParts, count: Int) {
        epoch = parts.epoch
        release = Array(parts.release.prefix(count))
    }

    func matches(_ version: Version) -> Bool {
        guard epoch == version.large?.parts.epoch ?? 0 else { return false }
        for position in release.indices where version.releaseNumber(position) != release[position] { return false }
        return true
    }
}

extension Version {
    /// Whether both are of one epoch, release and pre-release, whatever follows that.
    func sharesPhase(with other: Version) -> Bool {
        let mine = parts
        let theirs = other.parts
        return mine.epoch == theirs.epoch && mine.pre == theirs.pre
            && mine.release[..<mine.significantCount] == theirs.release[..<theirs.significantCount]
    }
}
