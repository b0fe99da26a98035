public import PythonPackaging

/// What a project asked for when it was locked (`[package.metadata]`).
public struct UVMetadata: Sendable, Hashable {
    /// Its dependencies, those of extras with `extra == 'x'` in their markers.
    public var requirements: [UVRequirement]
    public var extras: [ExtraName]
    /// Its dependency groups, those that others include taken in.
    public var groups: [PackageName: [UVRequirement]]
}

/// A requirement as the lock has it: with the source that `[tool.uv.sources]` gave it.
public struct UVRequirement: Sendable, Hashable {
    /// Where it says that the package comes from.
    public enum Source: Sendable, Hashable {
        /// An index, the default ones where none is named; versions as a set.
        case registry(SpecifierSet, index: String?)
        /// `https://host/repository?rev=main&subdirectory=a`, without credentials.
        case git(String)
        case url(String, subdirectory: String?)
        /// A file. Absolute, or relative to the lock.
        case path(String)
        case directory(String)
        case editable(String)
        case virtual(String)
    }

    public var name: PackageName
    public var extras: [ExtraName]
    public var source: Source
    public var marker: Marker?

    public init(name: PackageName, extras: [ExtraName] = [], source: Source, marker: Marker? = nil) {
        self.name = name
        self.extras = extras.sorted()
        self.source = source
        self.marker = marker
    }
}

extension UVRequirement: CustomStringConvertible {
    /// For messages: `httpx[http2]>=0.27; python_version < "3.12"`, `lib (editable ../lib)`.
    public var description: String {
        var text = "\(name)"
        if !extras.isEmpty { text += "[\(extras.map(\.description).joined(separator: ","))]" }
        switch source {
        case .registry(let specifiers, let index):
            text += specifiers.description
            if let index { text += " (from \(index))" }
        case .git(let url): text += " (git \(url))"
        case .url(let url, let subdirectory): text += " (\(url)\(subdirectory.map { ", in \($0)" } ?? ""))"
        case .path(let path): text += " (\(path))"
        case .directory(let path): text += " (\(path))"
        case .editable(let path): text += " (editable \(path))"
        case .virtual(let path): text += " (\(path), not installed)"
        }
        return marker.map { "\(text); \($0)" } ?? text
    }
}

/// What the lock says of how it was made, beside its packages (`[manifest]`, `[options]` and keys at the top).
public struct UVLockSettings: Sendable, Hashable {
    /// A project, and one of its extras or groups.
    public struct ConflictItem: Sendable, Hashable {
        public var package: PackageName
        public var extra: ExtraName?
        public var group: PackageName?

        public init(package: PackageName, extra: ExtraName? = nil, group: PackageName? = nil) {
            self.package = package
            self.extra = extra
            self.group = group
        }
    }

    /// An entry of `dependency-metadata`.
    public struct StatedMetadata: Sendable, Hashable {
        public var name: PackageName
        public var version: String?
        public var requirements: Set<Requirement>
        public var requiresPython: String?
        public var extras: Set<ExtraName>

        public init(
            name: PackageName, version: String?, requirements: Set<Requirement>, requiresPython: String?, extras: Set<ExtraName>
        ) {
            self.name = name
            self.version = version
            self.requirements = requirements
            self.requiresPython = requiresPython
            self.extras = extras
        }
    }

    /// Each a set of which at most one can be installed.
    public var conflicts: Set<Set<ConflictItem>> = []
    /// Environments that every package has to have a file for.
    public var requiredMarkers: [Marker] = []
    public var constraints: [UVRequirement] = []
    public var buildConstraints: [UVRequirement] = []
    public var overrides: [UVRequirement] = []
    /// Names of packages that are left out wherever they are asked for.
    public var excludes: [String] = []
    /// Metadata that the project states for packages of others.
    public var statedMetadata: Set<StatedMetadata> = []
    /// `highest`, `lowest`, `lowest-direct`.
    public var resolutionMode = "highest"
    public var prereleaseMode = "if-necessary-or-explicit"
    public var forkStrategy = "requires-python"
    /// Files that are newer were not looked at: a time, and the span that it was worked out from.
    public var excludeNewer: String?
    public var excludeNewerSpan: String?

    public init() {}
}
