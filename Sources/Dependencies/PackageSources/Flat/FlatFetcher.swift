import Archives
import PythonPackaging
import SystemPackage

/// Gets what a flat index offers: the names in a folder, or the links of a page.
struct FlatFetcher: Sendable {
    let fetcher: Fetcher
    let reader: PageReader
    let store: FlatPageStore
    let options: HTTPOptions
    let isOffline: Bool
    let refresh: RefreshPolicy

    func contents(of index: PackageIndex) async throws(PackageSourceError) -> FlatContents {
        if let path = FileURL.path(index.address.url) {
            return try await BlockingWork.run { () throws(PackageSourceError) in
                FlatContents(try files(at: path, index))
            }
        }
        if let file = Self.archive(index.address.url) { return FlatContents([file]) }
        let path = store.path(index)
        let kept = store.read(path, now: options.now())
        if let kept, isOffline || (kept.isFresh && refresh != .all) { return try await contents(kept.page, index) }
        guard !isOffline else { throw .offline(url: index.address.redacted) }
        return try await fetch(index, kept?.page, path)
    }

    private func fetch(
        _ index: PackageIndex, _ kept: FlatPage?, _ path: FilePath
    ) async throws(PackageSourceError) -> FlatContents {
        var headers = [("Accept", PageFetcher.accept)]
        if let tag = kept?.entityTag { headers.append(("If-None-Match", tag)) }
        if let time = kept?.lastModified { headers.append(("If-Modified-Since", time)) }
        let fetched = try await fetcher.fetch(
            index.address.url, headers: headers, expected: kept == nil ? [200] : [200, 304],
            bodyLimit: options.longestPage)
        if fetched.answer.status == 304, let kept {
            store.touch(path)
            return try await contents(kept, index)
        }
        let freshness = Freshness(fetched.answer, options)
        // What stands in a query may be a signature that lets its bearer in.
        let url = String(fetched.answer.address.url.prefix { $0 != "?" })
        let limit = options.longestContent
        let content = try await ProcessorThreads.run { () throws(PackageSourceError) in try fetched.content(limit: limit) }
        let page = FlatPage(
            lifetime: freshness.lifetime, entityTag: fetched.answer.header("etag"),
            lastModified: fetched.answer.header("last-modified"), url: url,
            contentType: fetched.answer.header("content-type"), content: content)
        let contents = try await contents(page, index)
        if freshness.isStorable { try store.keep(page, at: path) }
        return contents
    }

    private func contents(_ page: FlatPage, _ index: PackageIndex) async throws(PackageSourceError) -> FlatContents {
        let reader = reader
        return try await ProcessorThreads.run { () throws(PackageSourceError) in
            FlatContents(try reader.read(page.content, page.contentType, page.url, of: index).files)
        }
    }

    /// The address of a single wheel or source distribution.
    private static func archive(_ url: String) -> IndexFile? {
        let path = url.prefix { $0 != "?" }
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")),
            let name = percentDecoded(path[path.utf8.index(after: slash)...]),
            (try? DistributionFilename(parsing: name)) != nil
        else { return nil }
        return IndexFile(filename: name, url: url)
    }

    /// The files in a folder, one file, or the links of an HTML file.
    private func files(at path: FilePath, _ index: PackageIndex) throws(PackageSourceError) -> [IndexFile] {
        switch LocalFolder.kind(of: path) {
        case .missing:
            throw .localFile(path: path.string, reason: "there is no such file or folder; \(index.origin) names it")
        case .folder: return try LocalFolder.distributions(in: path)
        case .file:
            if let file = LocalFolder.file(path) { return [file] }
            let content = try LocalFolder.content(of: path, limit: options.longestContent)
            return try reader.read(content, nil, FileURL.url(path), of: index).files
        }
    }
}
