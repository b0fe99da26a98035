import Archives
import CondaChannels
import CondaPackaging
import Digests
import PackageSources
import Synchronization
import SystemPackage
import TestSupport

/// A channel on a loopback server, a cache of its own, and clients that do not wait.
final class ChannelFixture: Sendable {
    struct Site: Sendable {
        /// The files, by their path.
        var files: [String: [UInt8]] = [:]
        /// Sent with every file.
        var headers: [(String, String)] = [("Cache-Control", "max-age=60")]
        /// What a request has to have in its header `Authorization`.
        var authorization: String?
        var knowsRanges = true
        /// Answers everything, instead of the files.
        var status: Int?
        var statusHeaders: [(String, String)] = []
        /// Answers what is not there. A server that does not tell strangers what it has says 403.
        var missingStatus = 404
    }

    private let shelf: Shelf
    let server: LoopbackServer
    let folder: TemporaryFolder
    let cache: CacheDirectory

    /// - Parameter files: the files of the channel `demo`, by their path below it.
    init(_ files: [String: [UInt8]]) async throws {
        let site = Shelf(Site(files: Dictionary(uniqueKeysWithValues: files.map { ("/demo/" + $0.key, $0.value) })))
        shelf = site
        server = try await LoopbackServer { request in site.site.withLock { Self.answer(request, $0) } }
        folder = try TemporaryFolder()
        cache = CacheDirectory(root: folder.path.appending("cache"))
    }

    private final class Shelf: Sendable {
        let site: Mutex<Site>
        init(_ site: Site) { self.site = Mutex(site) }
    }

    func update(_ change: (inout Site) -> Void) { shelf.site.withLock { change(&$0) } }

    private static func answer(_ request: LoopbackServer.Request, _ site: Site) -> LoopbackServer.Reply {
        if let status = site.status { return .init(status, site.statusHeaders) }
        if let wanted = site.authorization, request.header("authorization") != wanted { return .init(401) }
        guard let bytes = site.files[request.path] else { return .init(site.missingStatus) }
        let tag = "\"\(SHA256Digest(hashing: bytes).hex.prefix(16))\""
        let headers = site.headers + [("ETag", tag)]
        if request.header("if-none-match") == tag { return .init(304, headers) }
        if site.knowsRanges, let range = request.header("range"), let reply = part(of: bytes, range, headers) { return reply }
        return .init(200, headers, bytes)
    }

    private static func part(of bytes: [UInt8], _ range: String, _ headers: [(String, String)]) -> LoopbackServer.Reply? {
        let ends = range.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        let start = ends[0].isEmpty ? max(0, bytes.count - (Int(ends[1]) ?? 0)) : Int(ends[0]) ?? 0
        let end = ends[0].isEmpty ? bytes.count : min(bytes.count, (Int(ends[1]) ?? bytes.count - 1) + 1)
        guard start < end else { return .init(416) }
        return .init(206, headers + [("Content-Range", "bytes \(start)-\(end - 1)/\(bytes.count)")], Array(bytes[start..<end]))
    }

    /// The paths that were asked for, below the channel.
    var asked: [String] { server.requests.map { $0.path.replacing("/demo/", with: "") } }

    var settings: ChannelSettings {
        var settings = ChannelSettings()
        settings.home = server.url
        settings.channelNames = ["demo"]
        return settings
    }

    /// Runs `body` with a new client: what it knows, it knows from the cache or the channel.
    func withClient<Success>(
        _ settings: ChannelSettings? = nil, offline: Bool = false, refresh: RefreshPolicy = .none, after seconds: Int64 = 0,
        environment: [String: String] = [:], _ body: (ChannelClient) async throws -> Success
    ) async throws -> Success {
        var options = HTTPOptions()
        options.sleep = { _ in }
        options.now = { [now = options.now] in now() + seconds }
        var found = IndexOptions()
        (found.isOffline, found.refresh, found.systemFolder) = (offline, refresh, folder.path.string)
        let connections = try ChannelClient.connections(options: found, environment: environment)
        let client = ChannelClient(settings: settings ?? self.settings, connections: connections, cache: cache, options: options)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// What the configured channels offer for linux-64.
    func contents(
        _ settings: ChannelSettings? = nil, offline: Bool = false, refresh: RefreshPolicy = .none, after seconds: Int64 = 0,
        environment: [String: String] = [:]
    ) async throws -> [ChannelContent] {
        try await withClient(settings, offline: offline, refresh: refresh, after: seconds, environment: environment) { client in
            try await client.contents(of: client.settings.channels(), for: .linux64)
        }
    }
}

/// The text of a `repodata.json` with these packages, each `name-version-build`.
func repodata(_ stems: [String], info: String = "") -> [UInt8] {
    let records = stems.map { stem in
        let parts = stem.split(separator: "-")
        return """
            "\(stem).conda":{"name":"\(parts[0])","version":"\(parts[1])","build":"\(parts[2])","build_number":0,\
            "depends":["python >=3.8"],"md5":"00112233445566778899aabbccddeeff","size":10}
            """
    }
    return Array("{\"info\":{\(info)},\"packages\":{},\"packages.conda\":{\(records.joined(separator: ","))}}".utf8)
}

let emptyRepodata = repodata([])

extension ChannelFixture {
    /// The files of the cache with that ending, by their paths below the test's folder.
    func files(endingIn ending: String) throws -> [String] {
        try folder.everything().map(\.path).filter { $0.hasSuffix(ending) }
    }
}
