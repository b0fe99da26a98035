public import CondaPackaging

/// What conda was asked for a lock, beside what stands in `LockOrigin`: a part of the table `[tool.penstock.conda]`.
public struct CondaOrigin: Sendable, Hashable {
    /// A platform that was solved for.
    public struct Platform: Sendable, Hashable {
        public var subdir: Subdir
        /// What the machine was taken to have, in the order of names.
        public var virtualPackages: [VirtualPackage]
        /// The target of the lock that it belongs to.
        public var target: LockTarget?

        public init(_ subdir: Subdir, virtualPackages: [VirtualPackage] = [], target: LockTarget? = nil) {
            self.subdir = subdir
            self.virtualPackages = virtualPackages.sorted { $0.description < $1.description }
            self.target = target
        }
    }

    /// Match specs in their normal form with who asked, in the order of their texts.
    public var requirements: [AnsweredRequirement]
    /// The base URLs that were asked, without credentials, the first channel first.
    public var channels: [String]
    /// How channels are weighed: `strict`, `flexible` or `disabled`. None where that was the default.
    public var priority: String?
    /// In the order of subdirs and targets.
    public var platforms: [Platform]
    /// Where projects that both worlds have come from, `conda` or `pypi`. None where that was the default.
    public var preference: String?
    /// The same of single projects, by name.
    public var preferences: [String: String]
    /// Which Python projects conda packages provide, as the person has configured it, by the conda name.
    public var mapping: [String: [String]]

    public init(
        requirements: [AnsweredRequirement], channels: [String] = [], priority: String? = nil, platforms: [Platform] = [],
        preference: String? = nil, preferences: [String: String] = [:], mapping: [String: [String]] = [:]
    ) {
        self.requirements = AnsweredRequirement.merged(
            requirements.map { requirement in
                var requirement = requirement
                requirement.text = LockedURL.withoutSecrets(requirement.text)
                return requirement
            })
        self.channels = channels.map(LockedURL.withoutSecrets)
        self.priority = priority
        self.platforms = Set(platforms).sorted(by: Platform.isOrdered)
        self.preference = preference
        self.preferences = preferences
        self.mapping = mapping.mapValues { Set($0).sorted() }
    }
}

extension CondaOrigin.Platform {
    static func isOrdered(_ left: Self, _ right: Self) -> Bool {
        func key(_ platform: Self) -> [String] {
            [
                platform.subdir.description, platform.target?.platform ?? "", platform.target?.python ?? "",
                platform.virtualPackages.map(\.description).joined(separator: " "),
            ]
        }
        return key(left).lexicographicallyPrecedes(key(right))
    }
}
