/// What goes into a lock beside the answers.
public struct LockContext: Sendable, Hashable {
    /// How it was resolved.
    public var options = ResolutionOptions()
    /// The indexes that were asked, without credentials, in order. Default: none, then the lock does not name any.
    public var indexes: [String] = []
    /// How versions of several indexes are weighed, where that is not the default.
    public var indexStrategy: String?
    /// The folder in which the lock will lie: what is beside it is named by a relative path. Default: none, then paths
    /// are absolute.
    public var folder: String?

    public init() {}
}
