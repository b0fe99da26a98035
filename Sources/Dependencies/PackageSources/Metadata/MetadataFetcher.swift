import Archives
import Diagnostics
import Digests
import PythonPackaging
import SystemPackage

/// Gets the metadata of a wheel by the cheapest way there is: the file beside it (PEP 658), or the wheel's end and the one
/// entry by range requests, or the whole wheel.
struct MetadataFetcher: Sendable {
    let store: MetadataStore
    let fetcher: Fetcher
    let downloader: Downloader
    let isOffline: Bool

    private static let limit = 32 << 20

    func metadata(of file: IndexFile) async throws(PackageSourceError) -> CoreMetadata {
        guard case .wheel(let wheel)? = try? DistributionFilename(parsing: file.filename) else {
            throw .metadata(file: file.filename, url: redacting(file.url), reason: "it is not a wheel")
        }
        let path = FileURL.path(file.url)
        guard !isOffline || path != nil else { throw .offline(url: redacting(file.url)) }
        let bytes = if let path { try await Self.entry(of: path, file, wheel) } else { try await bytes(of: file, wheel) }
        let metadata: CoreMetadata
        do throws(CoreMetadataError) {
            metadata = try CoreMetadata(parsing: bytes)
        } catch {
            throw Self.unusable(file, "\(error)")
        }
        guard metadata.name == wheel.name, metadata.version == wheel.version else {
            throw Self.unusable(file, "it is that of \(metadata.name) \(metadata.version)")
        }
        // What lies on this machine is read as quickly as the cache, and may change.
        if path == nil { try store.keep(metadata, of: file) }
        return metadata
    }

    private static func unusable(_ file: IndexFile, _ reason: String) -> PackageSourceError {
        .metadata(file: file.filename, url: redacting(file.url), reason: reason)
    }

    private func bytes(of file: IndexFile, _ wheel: WheelFilename) async throws(PackageSourceError) -> [UInt8] {
        if case .available(let digest) = file.metadata, let bytes = try await beside(file, digest) { return bytes }
        if let bytes = try await byRanges(file, wheel) { return bytes }
        return try await outOfWheel(file, wheel)
    }

    /// The file beside the wheel; `nil` if the index promised one that is not there.
    private func beside(_ file: IndexFile, _ digest: SHA256Digest?) async throws(PackageSourceError) -> [UInt8]? {
        let query = file.url.firstIndex(of: "?") ?? file.url.endIndex
        let url = "\(file.url[..<query]).metadata\(file.url[query...])"
        let fetched = try await fetcher.fetch(url, headers: [], expected: [200, 404, 410], bodyLimit: Self.limit)
        guard fetched.answer.status == 200 else { return nil }
        let content = try fetched.content(limit: Self.limit)
        if let digest {
            let found = SHA256Digest(hashing: content)
            if found != digest { throw .digestMismatch(url: redacting(url), expected: digest, found: found) }
        }
        return content
    }

    /// The entry out of the wheel on its server; `nil` if the server does not know ranges, or does not tell the truth about
    /// them.
    private func byRanges(_ file: IndexFile, _ wheel: WheelFilename) async throws(PackageSourceError) -> [UInt8]? {
        do {
            let source = WheelRanges(fetcher: fetcher, url: file.url, size: file.size)
            let remote = try await RemoteZip(source, name: file.filename)
            let entry = try WheelMetadataEntry.find(in: remote.entries, wheel, file)
            return try await remote.contents(of: entry)
        } catch is WheelRanges.Unsupported {
            return nil
        } catch let error as PackageSourceError {
            throw error
        } catch {
            guard let error = error as? ArchiveError else { return nil }
            switch error.fault {
            case .missingEntry, .overLimit: throw Self.unusable(file, error.diagnostic.headline)
            // What makes no sense in pieces may do so as a whole, which can be checked.
            default: return nil
            }
        }
    }

    /// The entry out of the whole wheel, which is thrown away afterwards.
    private func outOfWheel(_ file: IndexFile, _ wheel: WheelFilename) async throws(PackageSourceError) -> [UInt8] {
        let folder = try store.cache.prepare(.temporary)
        let path = store.cache.temporaryName(beside: folder.appending(file.filename))
        _ = try await downloader.download(file.url, sha256: file.sha256, size: file.size, to: path)
        defer { removeFile(path) }
        return try await Self.entry(of: path, file, wheel)
    }

    /// The entry out of a wheel on this machine.
    private static func entry(
        of path: FilePath, _ file: IndexFile, _ wheel: WheelFilename
    ) async throws(PackageSourceError) -> [UInt8] {
        try await ProcessorThreads.run { () throws(PackageSourceError) in
            do throws(ArchiveError) {
                let archive = try ZipArchive(path: path)
                let entry = try WheelMetadataEntry.find(in: archive.entries, wheel, file)
                return try archive.contents(of: entry)
            } catch {
                throw unusable(file, error.diagnostic.headline)
            }
        }
    }
}

/// Where a wheel has its metadata: `NAME-VERSION.dist-info/METADATA`, with the name spelled in whatever way.
enum WheelMetadataEntry {
    /// - Throws: `.missingEntry`, also when there are several, and `.overLimit` for one of impossible size.
    static func find(
        in entries: [ZipEntry], _ wheel: WheelFilename, _ file: IndexFile
    ) throws(ArchiveError) -> ZipEntry {
        let suffix = ".dist-info/METADATA"
        let found = entries.filter { entry in
            entry.path.string.hasSuffix(suffix) && entry.path.parent?.parent == nil
        }
        guard found.count == 1, let entry = found.first else {
            throw ArchiveError(archive: file.filename, entry: "\(wheel.name)-\(wheel.version)\(suffix)", .missingEntry)
        }
        guard entry.size <= 32 << 20, entry.packedSize <= 32 << 20 else {
            throw ArchiveError(archive: file.filename, entry: entry.spelledName, .overLimit("more than 32 MiB of metadata"))
        }
        return entry
    }
}
