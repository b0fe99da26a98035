import Archives
import Digests
import PythonPackaging
import SystemPackage

/// Gets archives by their addresses, out of the cache where it may.
final class ArchiveFetcher: Sendable {
    private let store: ArchiveStore
    private let downloader: Downloader
    private let options: HTTPOptions
    private let isOffline: Bool
    private let refresh: RefreshPolicy
    private let flights = Flights<String, FetchedArchive>()

    init(
        store: ArchiveStore, downloader: Downloader, options: HTTPOptions, isOffline: Bool, refresh: RefreshPolicy
    ) {
        self.store = store
        self.downloader = downloader
        self.options = options
        self.isOffline = isOffline
        self.refresh = refresh
    }

    func cancel() { flights.cancel() }

    func fetch(
        _ url: String, _ hashes: [String: String], _ project: PackageName?, _ bounds: ArchiveBounds = .init()
    ) async throws(PackageSourceError) -> FetchedArchive {
        let wanted = try WantedHashes(hashes, url: url)
        let url = String(url.prefix { $0 != "#" })
        return try await flights.value(for: "\(url) \(wanted)") { () async throws(PackageSourceError) in
            let archive = try await self.archive(url, wanted, project, bounds)
            try await BlockingWork.run { () throws(PackageSourceError) in try wanted.check(archive, url: url) }
            return archive
        }
    }

    private func archive(
        _ url: String, _ wanted: WantedHashes, _ project: PackageName?, _ bounds: ArchiveBounds
    ) async throws(PackageSourceError) -> FetchedArchive {
        if let path = FileURL.path(url) { return try await downloader.hash(path) }
        let name = ArchiveStore.name(url)
        // Content that is known by its hash is always the right one.
        if let sha256 = wanted.sha256, let archive = store.archive(sha256, name) { return archive }
        let address = withoutCredentials(url)
        let record = store.record(address, now: options.now())
        let kept = record.flatMap { record in store.archive(record.sha256, name) }
        let isRefreshed = project.map { refresh.covers($0) } ?? (refresh == .all)
        // Where another content is wanted than was there before, only fetching can help.
        let isOther = wanted.sha256.map { $0 != kept?.sha256 } ?? false
        let isFresh = record.map { $0.isFresh(for: bounds.lifetime) } ?? false
        if let kept, !isOther, isOffline || (isFresh && !isRefreshed) { return kept }
        // So is content that has a hash of another kind; to find out, it has to be read.
        if let kept, wanted.isKnownByOthersOnly, try await isRight(kept, wanted, url) { return kept }
        guard !isOffline else { throw .offline(url: redacting(url)) }
        return try await fetch(url, address, name, isOther ? nil : record, isOther ? nil : kept, wanted, bounds)
    }

    private func isRight(
        _ archive: FetchedArchive, _ wanted: WantedHashes, _ url: String
    ) async throws(PackageSourceError) -> Bool {
        await BlockingWork.run { (try? wanted.check(archive, url: url)) != nil }
    }

    private func fetch(
        _ url: String, _ address: String, _ name: String, _ record: ArchiveStore.Record?, _ kept: FetchedArchive?,
        _ wanted: WantedHashes, _ bounds: ArchiveBounds
    ) async throws(PackageSourceError) -> FetchedArchive {
        var conditions: [(String, String)] = []
        if kept != nil, let tag = record?.entityTag { conditions.append(("If-None-Match", tag)) }
        if kept != nil, let time = record?.lastModified { conditions.append(("If-Modified-Since", time)) }
        let store = store
        let order = Downloader.Order(
            url: url, sha256: wanted.sha256, size: bounds.size, longest: bounds.longest, conditions: conditions)
        let folder = try store.cache.prepare(.archives)
        let result = try await downloader.fetch(order, beside: folder.appending(name)) { sha256 throws(PackageSourceError) in
            let path = store.path(sha256, name)
            try store.cache.makeFolder(path.removingLastComponent())
            return path
        }
        let freshness = Freshness(result.answer, options)
        var next = ArchiveStore.Record(
            sha256: result.sha256 ?? kept?.sha256 ?? SHA256Digest(hashing: ""), lifetime: freshness.lifetime,
            entityTag: result.answer.header("etag") ?? record?.entityTag,
            lastModified: result.answer.header("last-modified") ?? record?.lastModified)
        guard let sha256 = result.sha256 else {
            guard let kept else { throw .unreachable(url: redacting(url), attempts: 1, reason: "it sent no file") }
            try store.keep(next, of: address)
            return kept
        }
        if result.answer.header("etag") == nil { next.entityTag = nil }
        if result.answer.header("last-modified") == nil { next.lastModified = nil }
        if freshness.isStorable { try store.keep(next, of: address) }
        if !bounds.keepsEarlier, let earlier = kept, earlier.sha256 != sha256 {
            await BlockingWork.run { removeFile(earlier.path) }
        }
        return FetchedArchive(path: store.path(sha256, name), sha256: sha256, size: result.count)
    }
}
