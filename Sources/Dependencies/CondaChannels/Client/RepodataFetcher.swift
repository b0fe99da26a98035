import Archives
import CondaPackaging
import Diagnostics
import Digests
import PackageSources
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Finds out what a channel offers for one platform, in whatever form it says so.
struct RepodataFetcher: Sendable {
    private let server: ChannelServer
    private let store: RepodataStore
    private let missing: MissingFiles

    /// The longest repodata, in bytes as they are sent.
    private static let longest: Int64 = 2 << 30
    private static let longestShard = 256 << 20

    init(_ server: ChannelServer) {
        self.server = server
        store = RepodataStore(cache: server.cache)
        missing = MissingFiles(cache: server.cache, now: server.options.now)
    }

    /// One file that may say what a channel offers.
    private struct Place: Sendable {
        let channel: CondaChannel
        let subdir: Subdir
        /// The channel itself, or a mirror of it.
        let address: CondaChannel
        let form: RepodataForm

        /// Without anything secret.
        var url: String { "\(address.url(of: subdir))/\(form.rawValue)" }
        var requestURL: String { address.requestURL("\(subdir)/\(form.rawValue)") }
    }

    /// A file on this machine, and a hash that stands for its content.
    private struct Found: Sendable {
        let path: FilePath
        let content: SHA256Digest
    }

    /// `nil` if the channel has no such folder.
    func content(of channel: CondaChannel, _ subdir: Subdir) async throws(CondaChannelError) -> ChannelContent? {
        var first: PackageSourceError?
        // One mirror that can be asked, and does not have it, is an answer.
        var isMissing = false
        for address in try server.settings.addresses(of: channel) {
            var failure: PackageSourceError?
            let isLocal = FileURL.path(address.url(of: subdir)) != nil
            for form in RepodataForm.wanted(by: server.settings, isLocal: isLocal) {
                let place = Place(channel: channel, subdir: subdir, address: address, form: form)
                switch try await content(at: place, isLocal: isLocal) {
                case .success(let content?): return content
                case .success(nil): continue
                case .failure(let error):
                    failure = Self.worse(failure, error)
                    // Who does not answer would not answer for another file either.
                    if Self.isAboutTheServer(error) { break }
                    continue
                }
                break
            }
            if let failure { first = first ?? failure } else { isMissing = true }
        }
        if let failure = first, !isMissing { throw .unreachable(channel: channel.name, subdir: subdir, cause: failure) }
        return nil
    }

    /// What a file says; `nil` if there is no such file, and why it could not be fetched.
    private func content(
        at place: Place, isLocal: Bool
    ) async throws(CondaChannelError) -> Result<ChannelContent?, PackageSourceError> {
        // Another process that finds something newer removes what this one was about to open; that happens hardly ever.
        for _ in 0..<3 {
            let found: Found?
            do throws(PackageSourceError) {
                found = try await find(place, isLocal: isLocal)
            } catch {
                if case .cancelled = error { throw .cancelled }
                return .failure(error)
            }
            guard let found else { return .success(nil) }
            if let content = try await open(found, at: place) { return .success(content) }
        }
        throw Self.broken(place, "it is replaced all the time")
    }

    /// That the network is switched off matters only where nothing else went wrong.
    private static func worse(_ first: PackageSourceError?, _ second: PackageSourceError) -> PackageSourceError {
        guard let first else { return second }
        if case .offline = first { return second }
        return first
    }

    private static func isAboutTheServer(_ error: PackageSourceError) -> Bool {
        switch error {
        case .unreachable, .cache: true
        case .status(_, let code, _): code == 429 || code >= 500
        default: false
        }
    }
}

// MARK: - Finding

extension RepodataFetcher {
    /// `nil` if there is no such file.
    private func find(_ place: Place, isLocal: Bool) async throws(PackageSourceError) -> Found? {
        if isLocal {
            guard let path = FileURL.path(place.url) else { return nil }
            return try await BlockingWork.run { () throws(PackageSourceError) in try Self.local(path) }
        }
        let url = place.url
        let missing = missing
        let isOffline = server.isOffline
        if !server.isRefreshed, await BlockingWork.run({ missing.contains(url, atAnyTime: isOffline) }) { return nil }
        do throws(PackageSourceError) {
            // A channel's repodata is large, and another one every hour.
            let bounds = ArchiveBounds(longest: Self.longest, lifetime: server.settings.lifetime, keepsEarlier: false)
            let archive = try await server.client.fetchArchive(place.requestURL, within: bounds)
            return Found(path: archive.path, content: archive.sha256)
        } catch {
            guard case .status(_, let code, _) = error, code == 404 || code == 410 else { throw error }
            await BlockingWork.run { missing.insert(url) }
            return nil
        }
    }

    /// A file of this machine. Who changes it changes its time or size.
    private static func local(_ path: FilePath) throws(PackageSourceError) -> Found? {
        var status = stat()
        guard stat(path.string, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .localFile(path: path.string, reason: Errno(rawValue: errno).description)
        }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        let identity = "\(path) \(status.st_ino) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)"
        return Found(path: path, content: SHA256Digest(hashing: identity))
    }
}

// MARK: - Opening

extension RepodataFetcher {
    /// `nil` where the file is not there any more.
    private func open(_ found: Found, at place: Place) async throws(CondaChannelError) -> ChannelContent? {
        if place.form == .shards { return try await openShards(found, at: place) }
        guard let repodata = try await repodata(found, at: place) else { return nil }
        let archives = try Self.url(repodata.index.info.baseURL ?? "", from: place)
        return ChannelContent(place.channel, place.subdir, origin: place.url, archivesURL: archives, .whole(repodata))
    }

    private func repodata(_ found: Found, at place: Place) async throws(CondaChannelError) -> Repodata<ChannelBytes>? {
        let store = store
        let (url, subdir, isZstd) = (place.url, place.subdir, place.form.isZstd)
        if let kept = await BlockingWork.run({ store.kept(url, found.content, subdir) }) { return kept }
        do throws(RepodataStoreError) {
            // Of several processes that need it one makes it.
            let lock: CacheLock
            do throws(PackageSourceError) { lock = try await server.cache.lock("repodata \(url)") } catch { throw .cache(error) }
            defer { lock.release() }
            return try await BlockingWork.run { () throws(RepodataStoreError) in
                if let kept = store.kept(url, found.content, subdir) { return kept }
                return try store.keep(found.path, isZstd: isZstd, of: url, found.content, subdir)
            }
        } catch {
            switch error {
            case .vanished: return nil
            case .repodata(let error): throw Self.broken(place, Self.words(for: error, in: found.path))
            case .archive(let error): throw Self.broken(place, error.diagnostic.headline)
            case .cache(let error): throw CondaChannelError(cache: error)
            }
        }
    }

    private func openShards(_ found: Found, at place: Place) async throws(CondaChannelError) -> ChannelContent? {
        let index = try await BlockingWork.run { () throws(CondaChannelError) -> ShardIndex? in
            guard let bytes = try Self.unpacked(found.path, place) else { return nil }
            do throws(RepodataError) {
                return try bytes.withBytes { bytes throws(RepodataError) in try ShardIndex(bytes) }
            } catch {
                throw Self.broken(place, "\(error)")
            }
        }
        guard let index else { return nil }
        let shards = try Self.url(index.shardsBaseURL, from: Place(channel: place.address, subdir: place.subdir, address: place.address, form: .shards))
        let archives = try Self.url(index.info.baseURL ?? "", from: place)
        return ChannelContent(
            place.channel, place.subdir, origin: place.url, archivesURL: archives,
            .sharded(ShardedRepodata(index, shardsURL: shards, address: place.address)))
    }

    /// `nil` where the file is not there any more.
    private static func unpacked(_ path: FilePath, _ place: Place) throws(CondaChannelError) -> [UInt8]? {
        do throws(ArchiveFault) {
            let stored = try StoredBytes(mapping: path)
            // Many shards are unpacked at once: none may become as long as it likes.
            let limit = min(longestShard, max(16 << 20, 200 * stored.bytes.count))
            do throws(ArchiveError) {
                return try Zstd.decompress(stored.copied, limit: limit, name: "the repodata")
            } catch {
                throw error.fault
            }
        } catch {
            if case .system(_, ENOENT) = error { return nil }
            throw broken(place, ArchiveError(archive: "the file", error).diagnostic.headline)
        }
    }

    /// A page that a login or a proxy put in the way is told as what it is.
    private static func words(for error: RepodataError, in path: FilePath) -> String {
        let start = (try? StoredBytes(mapping: path).copied.prefix(200)) ?? []
        guard start.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") else { return "\(error)" }
        return "it is a web page, such as servers and proxies send that want a login"
    }

    private static func broken(_ place: Place, _ reason: String) -> CondaChannelError {
        .broken(channel: place.channel.name, url: place.url, reason: reason)
    }

    /// An address that repodata states, which is relative to its own folder in the channel.
    private static func url(_ text: String, from place: Place) throws(CondaChannelError) -> String {
        let folder = place.channel.url(of: place.subdir)
        guard let url = RelativeURL.resolve(withoutCredentials(text), in: folder),
            FileURL.path(url) == nil || FileURL.path(folder) != nil
        else { throw broken(place, "it says that files are at '\(withoutCredentials(text))'") }
        return url
    }
}

// MARK: - Shards

extension RepodataFetcher {
    /// Fetches the records of a package, and keeps them in the content. A shard that is there was checked by its hash.
    func loadShard(of name: CondaName, in content: ChannelContent) async throws(CondaChannelError) {
        guard case .sharded(let shards) = content.records, let digest = shards.index.shards[name], !shards.isLoaded(name) else { return }
        let url = "\(shards.shardsURL)/\(shards.index.fileName(of: digest))"
        let request = shards.address.path(in: url).map { shards.address.requestURL($0) } ?? url
        let archive: FetchedArchive
        do throws(PackageSourceError) {
            archive = try await server.client.fetchArchive(
                request, hashes: ["sha256": digest.hex], within: ArchiveBounds(longest: Int64(Self.longestShard)))
        } catch {
            if case .cancelled = error { throw .cancelled }
            throw .shard(package: name, channel: content.channel.name, cause: error)
        }
        let place = Place(channel: content.channel, subdir: content.subdir, address: shards.address, form: .shards)
        let subdir = content.subdir
        let shard = try await BlockingWork.run { () throws(CondaChannelError) in
            guard let bytes = try Self.unpacked(archive.path, place) else { throw Self.broken(place, "a part of it is gone") }
            do throws(RepodataError) {
                let text = try bytes.withBytes { bytes throws(RepodataError) in try RepodataShard.text(of: bytes) }
                return try Repodata(ChannelBytes(StoredBytes(copying: text)), subdir: subdir)
            } catch {
                throw .broken(channel: content.channel.name, url: url, reason: "\(error)")
            }
        }
        shards.keep(shard, of: name)
    }
}
