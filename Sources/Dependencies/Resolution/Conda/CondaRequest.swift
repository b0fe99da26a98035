public import CondaPackaging
public import CondaSolving

/// A platform with the properties that packages may ask about.
public struct CondaTarget: Sendable, Hashable {
    public var subdir: Subdir
    public var virtualPackages: [VirtualPackage]

    public init(subdir: Subdir, virtualPackages: [VirtualPackage]) {
        self.subdir = subdir
        self.virtualPackages = virtualPackages
    }
}

/// What is asked of conda channels.
public struct CondaRequest: Sendable {
    public var requirements: [CondaRequirement]
    /// What limits packages that something else brings in.
    public var constraints: [CondaRequirement] = []
    /// The dearest channel first.
    public var channels: [CondaChannel]
    public var options = CondaOptions()

    public init(_ requirements: [CondaRequirement], channels: [CondaChannel]) {
        self.requirements = requirements
        self.channels = channels
    }
}
