/// What a resolution is for: one Python on one platform.
public struct PythonTarget: Sendable, Hashable, Codable {
    /// Python's full version.
    public var pythonVersion: Version
    public var markerEnvironment: MarkerEnvironment
    /// The wheels that can be installed.
    public var tags: TagList

    public init(pythonVersion: Version, markerEnvironment: MarkerEnvironment, tags: TagList) {
        self.pythonVersion = pythonVersion
        self.markerEnvironment = markerEnvironment
        self.tags = tags
    }
}
