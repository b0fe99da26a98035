/// How a resolution goes about it.
public struct ResolutionOptions: Sendable, Hashable {
    public enum Prereleases: Sendable, Hashable {
        /// Where no stable version will do.
        case ifNecessary
        /// Like any other version.
        case allow
        /// Never, not even where they are asked for.
        case never
    }

    /// Default: where no stable version will do.
    public var prereleases = Prereleases.ifNecessary
    /// The number of steps of the solver after which it gives up. Default: a million.
    public var maximumSteps = 1_000_000
    /// How many pages and metadata files are asked for at the same time. Default: 60.
    public var concurrency = 60

    public init() {}
}
