public import Lockfiles
public import PythonPackaging

/// What a direct reference turned out to be: one version, pinned as a lock has it.
public struct DirectDistribution: Sendable, Hashable {
    public var metadata: CoreMetadata
    /// With the commit of a repository, or the hash of an archive.
    public var source: LockedSource
    /// Whether the version may change from one build to the next, so that a lock leaves it out (PEP 751).
    public var hasDynamicVersion: Bool

    public init(metadata: CoreMetadata, source: LockedSource, hasDynamicVersion: Bool = false) {
        self.metadata = metadata
        self.source = source
        self.hasDynamicVersion = hasDynamicVersion
    }
}
