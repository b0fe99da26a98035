public import PythonPackaging

/// Everything that a resolution has to answer.
public struct ResolutionRequest: Sendable, Hashable {
    public var requirements: [RootRequirement]
    /// They limit versions of packages that something else brings in, and bring none in themselves.
    public var constraints: [RootRequirement]
    /// They stand in the place of every requirement for their package, whoever asks.
    public var overrides: [RootRequirement]
    /// Versions that are taken where they will do, such as those of an earlier lock.
    public var preferences: [PackageName: Version]

    public init(
        _ requirements: [RootRequirement], constraints: [RootRequirement] = [], overrides: [RootRequirement] = [],
        preferences: [PackageName: Version] = [:]
    ) {
        self.requirements = requirements
        self.constraints = constraints
        self.overrides = overrides
        self.preferences = preferences
    }
}
