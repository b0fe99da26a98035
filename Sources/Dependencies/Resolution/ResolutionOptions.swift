public import Lockfiles
public import PythonPackaging

/// How a resolution goes about it.
public struct ResolutionOptions: Sendable, Hashable {
    public enum Prereleases: String, Sendable, Hashable, CaseIterable {
        /// Where no stable version will do.
        case ifNecessary = "if-necessary"
        /// Where a requirement of the person names one.
        case explicit
        /// Both of these.
        case ifNecessaryOrExplicit = "if-necessary-or-explicit"
        /// Like any other version.
        case allow
        /// Never, not even where they are asked for.
        case never = "disallow"
    }

    /// Which of the versions that will do is taken.
    public enum Strategy: String, Sendable, Hashable, CaseIterable {
        case highest, lowest
        /// The lowest of what is asked for by name, the highest of everything else.
        case lowestDirect = "lowest-direct"
    }

    /// Default: where no stable version will do.
    public var prereleases = Prereleases.ifNecessary
    /// Default: highest.
    public var strategy = Strategy.highest
    /// Files uploaded at this moment or later do not count. Default: all count.
    public var excludeNewer: UTCTime?
    public var builds = BuildPolicy()
    /// How many pages and metadata files are asked for at the same time. Default: 60.
    public var concurrency = 60
    /// How long it is tried whether changing one demand is a way out of a conflict. Default: 4 seconds for each demand.
    public var hintTime = Duration.seconds(4)

    public init() {}
}

/// Which packages may be built from source, and which have to be.
public struct BuildPolicy: Sendable, Hashable {
    public enum Packages: Sendable, Hashable {
        case none, all
        case these(Set<PackageName>)

        public func contains(_ name: PackageName) -> Bool {
            switch self {
            case .none: false
            case .all: true
            case .these(let names): names.contains(name)
            }
        }
    }

    /// Packages of which only wheels count: `only-binary`. Default: none.
    public var neverBuilt = Packages.none
    /// Packages of which only source distributions count: `no-binary`. Default: none.
    public var alwaysBuilt = Packages.none

    public init() {}
}
