import Archives
import PythonPackaging
import SystemPackage

/// Gets the page of a project from one index: out of the cache while it is fresh, else from the server.
struct PageFetcher: Sendable {
    let store: PageStore
    let fetcher: Fetcher
    let options: HTTPOptions
    let isOffline: Bool

    /// JSON is preferred, HTML understood (PEP 691).
    private static let accept =
        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
    private static let bodyLimit = 128 << 20
    private static let contentLimit = 512 << 20

    /// The kept page where no network is needed.
    func freshPage(_ index: PackageIndex, _ project: PackageName) -> CachedListing? {
        guard !options.refresh || isOffline, let kept = store.read(store.path(index, project), now: options.now())
        else { return nil }
        return kept.isFresh || isOffline ? kept.listing : nil
    }

    /// Asks the server; a kept page is validated.
    func page(_ index: PackageIndex, _ project: PackageName) async throws(PackageSourceError) -> CachedListing {
        let url = "\(index.address.url)/\(project)/"
        guard !isOffline else { throw .offline(url: url) }
        let path = store.path(index, project)
        let kept = store.read(path, now: options.now())?.listing
        var headers = [("Accept", Self.accept)]
        if let tag = kept?.entityTag { headers.append(("If-None-Match", tag)) }
        if let time = kept?.lastModified { headers.append(("If-Modified-Since", time)) }
        let fetched = try await fetcher.fetch(
            url, headers: headers, expected: kept == nil ? [200, 404, 410] : [200, 304, 404, 410],
            bodyLimit: Self.bodyLimit)
        return try await ProcessorThreads.run { () throws(PackageSourceError) in
            switch (fetched.answer.status, kept) {
            case (304, .some(let kept)): try confirm(kept, fetched, path)
            case (404, _), (410, _): try keepMissing(fetched, path)
            default: try keep(fetched, project, path)
            }
        }
    }

    private func keep(
        _ fetched: Fetcher.Fetched, _ project: PackageName, _ path: FilePath
    ) throws(PackageSourceError) -> CachedListing {
        let page = try parse(fetched)
        let freshness = Freshness(header: fetched.answer.header, fallback: options.pageLifetime.components.seconds)
        let bytes = ListingEncoder.encode(
            page, of: project,
            .init(
                lifetime: freshness.lifetime, entityTag: fetched.answer.header("etag"),
                lastModified: fetched.answer.header("last-modified")))
        return freshness.isStorable ? try store.keep(bytes, at: path) : try PageStore.listing(bytes, path)
    }

    private func keepMissing(_ fetched: Fetcher.Fetched, _ path: FilePath) throws(PackageSourceError) -> CachedListing {
        let freshness = Freshness(
            header: fetched.answer.header, fallback: options.missingPageLifetime.components.seconds)
        let bytes = ListingEncoder.encodeMissing(.init(lifetime: freshness.lifetime))
        return freshness.isStorable ? try store.keep(bytes, at: path) : try PageStore.listing(bytes, path)
    }

    /// The kept page is current (304); its lifetime begins anew, and may be another (RFC 9111, 4.3.4).
    private func confirm(
        _ kept: CachedListing, _ fetched: Fetcher.Fetched, _ path: FilePath
    ) throws(PackageSourceError) -> CachedListing {
        let lifetime = Freshness(header: fetched.answer.header, fallback: kept.lifetime).lifetime
        if lifetime == kept.lifetime {
            store.touch(path)
            return kept
        }
        return try store.keep(ListingEncoder.reencode(kept, lifetime: lifetime), at: path)
    }

    private func parse(_ fetched: Fetcher.Fetched) throws(PackageSourceError) -> ProjectPage {
        let content = try fetched.content(limit: Self.contentLimit)
        let address = fetched.answer.address
        do throws(ProjectPageError) {
            return switch Self.form(fetched.answer.header("content-type"), content) {
            case .json: try ProjectPage(json: content, baseURL: address.url)
            case .html: try ProjectPage(html: content, baseURL: address.url)
            }
        } catch {
            throw .page(url: address.redacted, reason: "\(error)")
        }
    }

    private enum Form { case json, html }

    /// The content type decides, except where it is one that says nothing.
    private static func form(_ contentType: String?, _ content: [UInt8]) -> Form {
        let type = contentType?.lowercased() ?? ""
        if type.contains("json") { return .json }
        if type.contains("html") { return .html }
        let first = content.first { $0 > 0x20 }
        return first == UInt8(ascii: "{") ? .json : .html
    }
}
