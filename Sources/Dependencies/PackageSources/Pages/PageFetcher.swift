import Archives
import Diagnostics
import PythonPackaging
import SystemPackage

/// Gets the page of a project from one index: out of the cache while it is fresh, else from the server.
struct PageFetcher: Sendable {
    let store: PageStore
    let fetcher: Fetcher
    let reader: PageReader
    let options: HTTPOptions
    let isOffline: Bool
    let refresh: RefreshPolicy
    let progress: ProgressSink

    /// JSON is preferred, HTML understood (PEP 691).
    static let accept =
        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"

    /// The kept page where no network is needed.
    func freshPage(_ index: PackageIndex, _ project: PackageName) -> CachedListing? {
        guard isOffline || !refresh.covers(project), !index.address.isFile,
            let kept = store.read(store.path(index, project), now: options.now())
        else { return nil }
        return kept.isFresh || isOffline ? kept.listing : nil
    }

    /// Asks the server; a kept page is validated.
    func page(_ index: PackageIndex, _ project: PackageName) async throws(PackageSourceError) -> CachedListing {
        if let folder = FileURL.path(index.address.url) { return try await localPage(folder, index, project) }
        let url = "\(index.address.url)/\(project)/"
        guard !isOffline else { throw .offline(url: url) }
        let path = store.path(index, project)
        let kept = store.read(path, now: options.now())
        var headers = [("Accept", Self.accept)]
        if let tag = kept?.listing.entityTag { headers.append(("If-None-Match", tag)) }
        if let time = kept?.listing.lastModified { headers.append(("If-Modified-Since", time)) }
        let fetched: Fetcher.Fetched
        do throws(PackageSourceError) {
            fetched = try await fetcher.fetch(
                url, headers: headers, expected: kept == nil ? [200, 404, 410] : [200, 304, 404, 410],
                bodyLimit: options.longestPage)
        } catch {
            guard let kept, kept.isUsable(after: error) else { throw error }
            progress(.warning("\(index.address.redacted) could not be asked about \(project); what it said before is used"))
            return kept.listing
        }
        return try await ProcessorThreads.run { () throws(PackageSourceError) in
            switch (fetched.answer.status, kept?.listing) {
            case (304, .some(let kept)): try confirm(kept, fetched, path)
            case (404, _), (410, _): try keepMissing(fetched, path)
            default: try keep(fetched, index, project, path)
            }
        }
    }

    private func keep(
        _ fetched: Fetcher.Fetched, _ index: PackageIndex, _ project: PackageName, _ path: FilePath
    ) throws(PackageSourceError) -> CachedListing {
        let page = try reader.read(
            try fetched.content(limit: options.longestContent), fetched.answer.header("content-type"),
            fetched.answer.address.url, of: index)
        let freshness = Freshness(fetched.answer, options)
        let bytes = ListingEncoder.encode(
            page, of: project,
            .init(
                lifetime: freshness.lifetime, staleIfError: freshness.staleIfError,
                entityTag: fetched.answer.header("etag"), lastModified: fetched.answer.header("last-modified")))
        return freshness.isStorable ? try store.keep(bytes, at: path) : try PageStore.listing(bytes, path)
    }

    private func keepMissing(_ fetched: Fetcher.Fetched, _ path: FilePath) throws(PackageSourceError) -> CachedListing {
        let freshness = Freshness(fetched.answer, options, isMissing: true)
        let bytes = ListingEncoder.encodeMissing(.init(lifetime: freshness.lifetime))
        return freshness.isStorable ? try store.keep(bytes, at: path) : try PageStore.listing(bytes, path)
    }

    /// The kept page is current (304); its lifetime begins anew, and may be another (RFC 9111, 4.3.4).
    private func confirm(
        _ kept: CachedListing, _ fetched: Fetcher.Fetched, _ path: FilePath
    ) throws(PackageSourceError) -> CachedListing {
        let freshness = Freshness(fetched.answer, options, fallback: kept.lifetime, staleIfError: kept.staleIfError)
        guard freshness.lifetime != kept.lifetime || freshness.staleIfError != kept.staleIfError else {
            store.touch(path)
            return kept
        }
        let bytes = ListingEncoder.reencode(kept, lifetime: freshness.lifetime, staleIfError: freshness.staleIfError)
        return try store.keep(bytes, at: path)
    }
}

// MARK: Indexes on this machine

extension PageFetcher {
    /// `PROJECT/index.html` or `index.json` of a folder that mirrors an index, or else the files in the project's folder.
    private func localPage(
        _ folder: FilePath, _ index: PackageIndex, _ project: PackageName
    ) async throws(PackageSourceError) -> CachedListing {
        try await BlockingWork.run { () throws(PackageSourceError) in
            let folder = folder.appending(project.description)
            let page = try Self.localPage(folder, index, reader, limit: options.longestContent)
            let bytes =
                if let page { ListingEncoder.encode(page, of: project, .init(lifetime: 0)) } else {
                    ListingEncoder.encodeMissing(.init(lifetime: 0))
                }
            return try PageStore.listing(bytes, folder)
        }
    }

    private static func localPage(
        _ folder: FilePath, _ index: PackageIndex, _ reader: PageReader, limit: Int
    ) throws(PackageSourceError) -> ProjectPage? {
        for (name, type) in [("index.json", "application/json"), ("index.html", "text/html")] {
            let file = folder.appending(name)
            guard LocalFolder.kind(of: file) == .file else { continue }
            return try reader.read(LocalFolder.content(of: file, limit: limit), type, FileURL.url(file), of: index)
        }
        guard LocalFolder.kind(of: folder) == .folder else {
            // A folder that is not there at all is a mistake, and not an index that knows nothing.
            let root = folder.removingLastComponent()
            guard LocalFolder.kind(of: root) == .folder else {
                throw .localFile(path: root.string, reason: "there is no such folder; \(index.origin) names it")
            }
            return nil
        }
        return ProjectPage(files: try LocalFolder.distributions(in: folder))
    }
}
