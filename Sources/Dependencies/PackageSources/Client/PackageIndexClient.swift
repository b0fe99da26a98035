package import Archives
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
    private let search: PageSearch
    private let metadata: MetadataFetcher
    private let downloader: Downloader
    private let fetcher: Fetcher
    private let archives: ArchiveFetcher
    private let pageFlights = Flights<PageKey, ProjectListing?>()
    private let metadataFlights = Flights<String, CoreMetadata>()

    private struct PageKey: Hashable, Sendable {
        var name: PackageName
        /// The index that the package is pinned to for some of the targets.
        var pin: String?
    }

    public init(
        configuration: IndexConfiguration, cache: CacheDirectory, options: HTTPOptions = .init(),
        progress: @escaping ProgressSink = { _ in }
    ) {
        self.configuration = configuration
        let isOffline = configuration.isOffline
        transport = HTTPTransport(configuration, options, progress)
        fetcher = Fetcher(transport, options)
        let reader = PageReader(progress)
        downloader = Downloader(transport, options, cache, progress)
        let pages = PageFetcher(
            store: PageStore(cache, configuration.allIndexes, machineStart: options.machineStart), fetcher: fetcher, reader: reader, options: options,
            isOffline: isOffline, refresh: configuration.refresh, progress: progress)
        let flat = FlatShelf(
            FlatFetcher(
                fetcher: fetcher, reader: reader, store: FlatPageStore(cache: cache), options: options,
                isOffline: isOffline, refresh: configuration.refresh))
        search = PageSearch(configuration: configuration, pages: pages, flat: flat)
        metadata = MetadataFetcher(
            store: MetadataStore(cache: cache), fetcher: fetcher, downloader: downloader, isOffline: isOffline)
        archives = ArchiveFetcher(
            store: ArchiveStore(cache: cache), downloader: downloader, options: options, isOffline: isOffline,
            refresh: configuration.refresh)
    }

    /// Ends connections and requests under way. The client is of no use afterwards.
    public func shutdown() async {
        pageFlights.cancel()
        metadataFlights.cancel()
        search.flat.cancel()
        archives.cancel()
        await transport.shutdown()
    }

    /// What the indexes offer of a project; `nil` if none knows it.
    ///
    /// Callers that ask for the same project share one request, and later ones its answer.
    ///
    /// - Parameter environment: where the packages are to be installed, for pins that hold in some places only.
    public func page(
        for name: PackageName, in environment: MarkerEnvironment? = nil
    ) async throws(PackageSourceError) -> ProjectListing? {
        let pin = configuration.pins.isEmpty ? nil : configuration.pin(for: name, in: environment)?.address.url
        let key = PageKey(name: name, pin: pin)
        if let known = pageFlights[key] { return known }
        if let fresh = search.freshPage(for: name, environment) {
            pageFlights.land(fresh, for: key)
            return fresh
        }
        let search = search
        return try await pageFlights.value(for: key) { () async throws(PackageSourceError) in
            try await search.page(for: name, environment)
        }
    }

    /// What a wheel says about itself.
    ///
    /// - Throws: `.metadata` for a source distribution, and for metadata that is that of another package.
    public func metadata(of file: ListedFile) async throws(PackageSourceError) -> CoreMetadata {
        try await metadata(of: file.file)
    }

    /// What a wheel says about itself.
    public func metadata(of file: IndexFile) async throws(PackageSourceError) -> CoreMetadata {
        let key = MetadataStore.key(file)
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
}

// MARK: Files

extension PackageIndexClient {
    /// Fetches a file to `destination`, whose folder must exist; the file appears there complete and checked, or not at
    /// all. Reports bytes, and the file as one item, as `.downloading`.
    ///
    /// - Parameters:
    ///   - url: `https:`, `http:` or `file:`.
    ///   - sha256: what the file must have; anything else is refused.
    ///   - size: in bytes, likewise.
    /// - Returns: the SHA-256 of what was fetched.
    @discardableResult
    public func download(
        _ url: String, sha256: SHA256Digest?, size: Int64? = nil, to destination: FilePath
    ) async throws(PackageSourceError) -> SHA256Digest {
        try await download(url, sha256: sha256, size: size, to: destination, follower: nil)
    }

    /// The same, with somebody who looks at the file while it comes.
    @discardableResult
    package func download(
        _ url: String, sha256: SHA256Digest?, size: Int64?, to destination: FilePath, follower: (any DownloadFollower)?
    ) async throws(PackageSourceError) -> SHA256Digest {
        if let path = FileURL.path(url) {
            return try await downloader.copy(path, sha256: sha256, size: size, to: destination, follower: follower)
        }
        guard !configuration.isOffline else { throw .offline(url: redacting(url)) }
        return try await downloader.download(url, sha256: sha256, size: size, to: destination, follower: follower)
    }

    /// Fetches a wheel or source archive into the cache, where it stays; one that is there already, and fresh by the rules of
    /// HTTP or known by its hash, is not fetched again.
    ///
    /// - Parameters:
    ///   - url: `https:`, `http:` or `file:`; what a `file:` address names is not copied.
    ///   - hashes: what the file must have, by the name of the algorithm, in hexadecimal digits.
    ///   - project: whose it is, for `--refresh`.
    ///   - bounds: what is known of its size, and for how long it may be used without asking again.
    /// - Throws: `.hashMismatch` and `.digestMismatch` for other content, `.uncheckableHash` where none of the hashes can be
    ///   checked.
    public func fetchArchive(
        _ url: String, hashes: [String: String] = [:], of project: PackageName? = nil, within bounds: ArchiveBounds = .init()
    ) async throws(PackageSourceError) -> FetchedArchive {
        try await archives.fetch(url, hashes, project, bounds)
    }

    /// A file on its server, to be read in ranges; whoever reads gets an error where the server does not know those.
    ///
    /// - Parameter size: in bytes, where it is known: not all servers understand "the last bytes".
    package func ranges(of url: String, size: Int64?) throws(PackageSourceError) -> some ByteRangeSource {
        guard !configuration.isOffline else { throw .offline(url: redacting(url)) }
        return WheelRanges(fetcher: fetcher, url: url, size: size)
    }

    /// The file with its SHA-256 and size, fetched (into the cache) and hashed where its index does not tell them.
    public func withHash(_ file: IndexFile) async throws(PackageSourceError) -> IndexFile {
        guard file.sha256 == nil else { return file }
        let archive = try await fetchArchive(file.url, hashes: file.otherHashes)
        var file = file
        file.sha256 = archive.sha256
        file.size = archive.size
        return file
    }
}
