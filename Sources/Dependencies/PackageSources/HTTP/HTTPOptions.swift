/// How requests are made. Clock and chance are handed in, so that tests do not wait.
public struct HTTPOptions: Sendable {
    /// Further attempts after a failure that may pass. Default: 3.
    public var retries = 3
    /// The pause before the first further attempt; it doubles each time. Default: 0.4 s.
    public var firstPause = Duration.milliseconds(400)
    /// The longest pause, also where a server asks for more (`Retry-After`). Default: 60 s.
    public var longestPause = Duration.seconds(60)
    /// Pages and metadata that are fetched at once. Default: 50.
    public var concurrentRequests = 50
    /// Files that are downloaded at once. Default: 12.
    public var concurrentDownloads = 12
    /// Whether pages and metadata may share one HTTP/2 connection to a server that offers it. Default: yes.
    public var allowsHTTP2 = true
    /// How long connecting may take. Default: 10 s.
    public var connectTimeout = Duration.seconds(10)
    /// How long a page without caching headers counts as fresh. Default: 10 minutes.
    public var pageLifetime = Duration.seconds(600)
    /// How long an index's answer that it does not know a project is believed, without caching headers. Default: 1 minute.
    public var missingPageLifetime = Duration.seconds(60)
    /// The longest page that is read, in bytes as they are sent. Default: 128 MiB.
    public var longestPage = 128 << 20
    /// The longest page, in bytes without compression. Default: 512 MiB.
    public var longestContent = 512 << 20
    /// When the machine was started, in seconds since 1970: kept pages that are older are checked byte by byte, since a
    /// crash may have left parts of them unwritten. Default: what the system says.
    public var machineStart = systemStartSeconds()
    /// Seconds since 1970.
    public var now: @Sendable () -> Int64 = { currentSeconds() }
    public var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// A number of 0..<1.
    public var chance: @Sendable () -> Double = { Double.random(in: 0..<1) }

    public init() {}
}
