public import Resolution

/// How sources are built.
public struct SourceBuildOptions: Sendable {
    /// How the requirements of builds are resolved: what does not count (`excludeNewer`), what may be built. The highest
    /// versions are taken whatever it says.
    public var resolution = ResolutionOptions()
    /// How long one hook may take. Default: an hour.
    public var timeout = Duration.seconds(3600)
    /// How many hooks run at the same time. Default: 2.
    public var concurrentBuilds = 2
    /// What a hook may print, in bytes. Default: 256 MiB.
    public var outputLimit: Int64 = 256 << 20
    /// Whether repositories may be asked. Default: they may.
    public var isOffline = false

    public init() {}
}
