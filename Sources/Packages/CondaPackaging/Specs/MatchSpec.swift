public import Digests

/// What is asked for of conda packages (CEP 29): `numpy`, `python 3.12.* *_cpython`, `conda-forge::torch[build=cuda*]`.
///
/// A field that is `nil` allows everything. The fields that hardly any spec has are kept apart, so that a spec stays small:
/// a solve holds tens of thousands of them.
public struct MatchSpec: Sendable {
    public var name: NamePattern
    public var version: VersionSpec?
    public var build: TextPattern?
    private var others: OtherFields?

    public init(_ name: NamePattern, version: VersionSpec? = nil, build: TextPattern? = nil) {
        self.name = name
        self.version = version
        self.build = build
    }

    /// The fields apart from name, version and build.
    public var details: MatchDetails {
        get { others?.details ?? MatchDetails() }
        set { others = newValue.isEmpty ? nil : OtherFields(newValue) }
    }

    /// Whether nothing but name, version and build counts.
    public var isPlain: Bool { others == nil }

    private final class OtherFields: Sendable {
        let details: MatchDetails

        init(_ details: MatchDetails) { self.details = details }
    }
}

/// What a match spec can ask for apart from name, version and build.
public struct MatchDetails: Sendable, Hashable {
    public var buildNumber: BuildNumberSpec?
    /// Where the package has to come from.
    public var channel: ChannelReference?
    public var subdir: TextPattern?
    /// Read, kept and without effect (CEP 29).
    public var namespace: String?
    /// `fn`: the name of the archive.
    public var fileName: TextPattern?
    /// The archive itself. Its credentials, if it has any, are kept as written.
    public var url: String?
    public var md5: MD5Digest?
    public var sha256: SHA256Digest?
    public var license: TextPattern?
    public var licenseFamily: TextPattern?
    /// Features that the package has to track, all of them.
    public var trackFeatures: [String] = []
    /// Flags that the package has to have, all of them (CEP 45).
    public var flags: [TextPattern] = []
    /// Optional groups of dependencies that are wanted too (CEP 44).
    public var extras: [String] = []
    /// The spec counts only where this is so (CEP 43).
    public var condition: MatchCondition?

    public init() {}

    public var isEmpty: Bool { self == MatchDetails() }
}

extension MatchSpec: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.version == right.version && left.build == right.build
            && left.others?.details == right.others?.details
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(version)
        hasher.combine(build)
    }
}

// MARK: - Matching

extension MatchSpec {
    /// Whether a package with this name, version and build fits, all other fields disregarded.
    public func matches(name: CondaName, version: CondaVersion, build: String) -> Bool {
        self.name.matches(name) && matches(version: version, build: build)
    }

    /// Whether a package of the right name with this version and build fits, all other fields disregarded.
    public func matches(version: CondaVersion, build: String) -> Bool {
        if let wanted = self.version, !wanted.contains(version) { return false }
        if let pattern = self.build, !pattern.matches(build) { return false }
        return true
    }

    /// Whether a virtual package fits; fields that it does not have are disregarded.
    public func matches(_ package: VirtualPackage) -> Bool {
        matches(name: package.name, version: package.version, build: package.build)
    }

    /// Whether a record fits. Where it comes from, its URL and the condition are for the caller to look at.
    public func matches(_ record: RepodataRecord) -> Bool {
        guard matches(name: record.name, version: record.version, build: record.build) else { return false }
        return others?.details.matches(record) ?? true
    }
}

extension MatchDetails {
    fileprivate func matches(_ record: RepodataRecord) -> Bool {
        if let buildNumber, !buildNumber.contains(record.buildNumber) { return false }
        if let subdir, !subdir.matches(record.subdir.description) { return false }
        if let md5, md5 != record.md5 { return false }
        if let sha256, sha256 != record.sha256 { return false }
        if let fileName, !fileName.matches(record.fileName.description) { return false }
        if let license, !license.matches(record.license ?? "") { return false }
        if let licenseFamily, !licenseFamily.matches(record.licenseFamily ?? "") { return false }
        guard trackFeatures.allSatisfy(record.trackFeatures.contains) else { return false }
        return flags.allSatisfy { flag in record.flags.contains { flag.matches($0) } }
    }
}
