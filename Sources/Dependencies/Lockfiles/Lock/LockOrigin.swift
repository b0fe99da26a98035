/// What a lock is the answer to: Penstock's own table in it, `[tool.penstock]`.
///
/// A lock can be used again as long as this is what would be asked now.
public struct LockOrigin: Sendable, Hashable {
    /// The requirements as PEP 508 writes them.
    public var requirements: [String]
    /// The exact Python it was resolved for.
    public var python: String
    /// The platform it was resolved for, as `linux-x86_64-glibc-2.36`.
    public var platform: String
    /// Files uploaded later were not considered.
    public var excludeNewer: UTCTime?

    public init(requirements: [String], python: String, platform: String, excludeNewer: UTCTime? = nil) {
        self.requirements = requirements
        self.python = python
        self.platform = platform
        self.excludeNewer = excludeNewer
    }
}
