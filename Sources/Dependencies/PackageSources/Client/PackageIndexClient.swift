public import Diagnostics
public import Digests
public import PythonPackaging
public import SystemPackage

/// Asks package indexes, through the cache.
///
/// Making one costs nothing: sockets, threads and certificates are set up by the first request that the cache cannot
/// answer. End with `shutdown()`.
public final class PackageIndexClient: Sendable {
    public let configuration: IndexConfiguration
    private let transport: HTTPTransport
    private let pages: PageFetcher
    private let metadata: MetadataFetcher
    private let downloader: Downloader
    private let pageFlights = Flights<PackageName, ProjectListing?>()
    private let metadataFlights = Flights<String, CoreMetadata>()

    public init(
        configuration: IndexConfiguration, cache: CacheDirectory, options: HTTPOptions = .init(),
        progress: @escaping ProgressSink = { _ in }
    ) {
        self.configuration = configuration
        transport = HTTPTransport(configuration, options)
        let fetcher = Fetcher(transport, options)
        downloader = Downloader(transport, options, cache, progress)
        pages = PageFetcher(
            store: PageStore(cache: cache, machineStart: options.machineStart), fetcher: fetcher, options: options,
            isOffline: configuration.isOffline)
        metadata = MetadataFetcher(
            store: MetadataStore(cache: cache), fetcher: fetcher, downloader: downloader,
            isOffline: configuration.isOffline)
    }

    /// Ends connections and requests under way. The client is of no use afterwards.
    public func shutdown() async {
        pageFlights.cancel()
        metadataFlights.cancel()
        await transport.shutdown()
    }

    /// What the indexes offer of a project; `nil` if none knows it.
    ///
    /// Callers that ask for the same project share one request, and later ones its answer.
    public func page(for name: PackageName) async throws(PackageSourceError) -> ProjectListing? {
        if let known = pageFlights[name] { return known }
        if let fresh = freshPage(for: name) {
            pageFlights.land(fresh, for: name)
            return fresh
        }
        return try await pageFlights.value(for: name) { () async throws(PackageSourceError) in
            try await self.fetchPage(for: name)
        }
    }

    /// The page out of the cache alone: `nil` where the network would have to be asked, `.some(nil)` where the cache
    /// knows that no index has the project.
    private func freshPage(for name: PackageName) -> ProjectListing?? {
        for group in configuration.groups {
            var parts: [ProjectListing.Part] = []
            for index in group {
                guard let listing = pages.freshPage(index, name) else { return nil }
                if !listing.isMissing { parts.append(.init(listing: listing, index: index)) }
            }
            if !parts.isEmpty { return ProjectListing(name: name, parts: parts) }
        }
        return .some(nil)
    }

    private func fetchPage(for name: PackageName) async throws(PackageSourceError) -> ProjectListing? {
        for group in configuration.groups {
            let parts = try await parts(of: group, name)
            if !parts.isEmpty { return ProjectListing(name: name, parts: parts) }
        }
        return nil
    }

    /// The pages of a group's indexes that know the project, in the group's order.
    private func parts(
        of group: [PackageIndex], _ name: PackageName
    ) async throws(PackageSourceError) -> [ProjectListing.Part] {
        let pages = pages
        let results = await withTaskGroup { tasks in
            for (position, index) in group.enumerated() {
                tasks.addTask {
                    let result: Result<CachedListing, PackageSourceError>
                    do throws(PackageSourceError) {
                        if let fresh = pages.freshPage(index, name) {
                            result = .success(fresh)
                        } else {
                            result = .success(try await pages.page(index, name))
                        }
                    } catch {
                        result = .failure(error)
                    }
                    return (position, result)
                }
            }
            var results: [(position: Int, result: Result<CachedListing, PackageSourceError>)] = []
            for await result in tasks { results.append(result) }
            return results.sorted { $0.position < $1.position }
        }
        var parts: [ProjectListing.Part] = []
        for (position, result) in results {
            let listing = try result.get()
            if !listing.isMissing { parts.append(.init(listing: listing, index: group[position])) }
        }
        return parts
    }

    /// What a wheel says about itself.
    ///
    /// - Throws: `.metadata` for a source distribution, and for metadata that is that of another package.
    public func metadata(of file: ListedFile) async throws(PackageSourceError) -> CoreMetadata {
        try await metadata(of: file.file)
    }

    /// What a wheel says about itself.
    public func metadata(of file: IndexFile) async throws(PackageSourceError) -> CoreMetadata {
        let key = file.sha256?.hex ?? file.url
        if let known = metadataFlights[key] { return known }
        if let kept = metadata.store.read(file) {
            metadataFlights.land(kept, for: key)
            return kept
        }
        let fetcher = metadata
        return try await metadataFlights.value(for: key) { () async throws(PackageSourceError) in
            try await fetcher.metadata(of: file)
        }
    }

    /// Fetches a file to `destination`, whose folder must exist; the file appears there complete and checked, or not at
    /// all. Reports bytes, and the file as one item, as `.downloading`.
    ///
    /// - Parameters:
    ///   - sha256: what the file must have; anything else is refused.
    ///   - size: in bytes, likewise.
    /// - Returns: the SHA-256 of what was fetched.
    @discardableResult
    public func download(
        _ url: String, sha256: SHA256Digest?, size: Int64? = nil, to destination: FilePath
    ) async throws(PackageSourceError) -> SHA256Digest {
        guard !configuration.isOffline else { throw .offline(url: redacting(url)) }
        return try await downloader.download(url, sha256: sha256, size: size, to: destination)
    }
}
