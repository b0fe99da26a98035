/// What a lock is the answer to: Penstock's own table in it, `[tool.penstock]`.
///
/// A lock can be used again as long as this is what would be asked now; see `PyLock.differences(from:)`.
public struct LockOrigin: Sendable, Hashable {
    /// In the order of their texts.
    public var requirements: [AnsweredRequirement]
    /// What limited versions and brought nothing in, in order.
    public var constraints: [AnsweredRequirement]
    /// What stood in the place of other requirements, in order.
    public var overrides: [AnsweredRequirement]
    /// What it was resolved for, in order.
    public var targets: [LockTarget]
    /// The indexes that were asked, without credentials, in the order in which they were; none where nothing is said.
    public var indexes: [String]
    /// Files uploaded at this moment or later were not considered.
    public var excludeNewer: UTCTime?
    /// Further settings that decide what is chosen, by their option's name, where they were not the default:
    /// `prerelease`, `resolution`, `index-strategy`, `no-build`, `no-binary`.
    public var settings: [String: String]
    /// What conda was asked beside; `nil` where it was not.
    public var conda: CondaOrigin?

    public init(
        requirements: [AnsweredRequirement], constraints: [AnsweredRequirement] = [],
        overrides: [AnsweredRequirement] = [], targets: [LockTarget], indexes: [String] = [],
        excludeNewer: UTCTime? = nil, settings: [String: String] = [:],
        conda: CondaOrigin? = nil
    ) {
        self.requirements = AnsweredRequirement.merged(requirements)
        self.constraints = AnsweredRequirement.merged(constraints)
        self.overrides = AnsweredRequirement.merged(overrides)
        self.targets = Set(targets).sorted()
        self.indexes = indexes.map(LockedURL.withoutCredentials)
        self.excludeNewer = excludeNewer
        self.settings = settings
        self.conda = conda
    }

    /// A resolution for one target, of requirements as PEP 508 writes them.
    public init(requirements: [String], python: String, platform: String, excludeNewer: UTCTime? = nil) {
        self.init(
            requirements: requirements.map { AnsweredRequirement($0) },
            targets: [LockTarget(platform: platform, python: python)], excludeNewer: excludeNewer)
    }

    /// The Python of the first target: that of the only one, in most locks.
    public var python: String? { targets.first?.python }
}

/// Something asked for, and who did.
public struct AnsweredRequirement: Sendable, Hashable {
    /// As PEP 508 writes it, without credentials.
    public var text: String
    /// Who asked, in the words that explanations use, sorted; nobody in particular where there are none.
    public var askers: [String]
    /// The SHA-256 hashes that were demanded, sorted.
    public var hashes: [String]
    public var isEditable: Bool
    /// The platforms that it is for, as conda has them (`linux-64`), sorted; all where there are none.
    public var platforms: [String]

    public init(_ text: String, askers: [String] = [], hashes: [String] = [], isEditable: Bool = false, platforms: [String] = []) {
        self.text = text
        self.askers = askers
        self.hashes = hashes.sorted()
        self.isEditable = isEditable
        self.platforms = platforms.sorted()
    }

    /// In order, with the askers of equal ones together.
    static func merged(_ requirements: [AnsweredRequirement]) -> [AnsweredRequirement] {
        var askers: [AnsweredRequirement: Set<String>] = [:]
        for requirement in requirements {
            var key = requirement
            key.askers = []
            askers[key, default: []].formUnion(requirement.askers)
        }
        let whole = askers.map { key, names in
            AnsweredRequirement(
                key.text, askers: names.sorted(), hashes: key.hashes, isEditable: key.isEditable, platforms: key.platforms)
        }
        return whole.sorted { ($0.text, $0.hashes.joined(), $0.platforms.joined(separator: " ")) < ($1.text, $1.hashes.joined(), $1.platforms.joined(separator: " ")) }
    }

    /// Whether the same is asked for, by whomever.
    func asksTheSame(as other: AnsweredRequirement) -> Bool {
        text == other.text && hashes == other.hashes && isEditable == other.isEditable && platforms == other.platforms
    }
}

/// A Python on a platform, as a lock names it.
public struct LockTarget: Sendable, Hashable, Comparable {
    /// As `PlatformName` writes it: `linux-x86_64-glibc-2.36`.
    public var platform: String
    /// As `TargetPython` writes it: `3.12.4`, `3.13.0t`, `pypy3.10.0`.
    public var python: String

    public init(platform: String, python: String) {
        self.platform = platform
        self.python = python
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.platform, left.python) < (right.platform, right.python)
    }

    /// The target in words: `Python 3.12.4 on linux-x86_64-glibc-2.36`.
    public var words: String { "Python \(python) on \(platform)" }
}
