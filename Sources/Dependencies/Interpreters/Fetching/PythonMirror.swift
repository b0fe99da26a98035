import Archives
import Diagnostics
import PackageSources
import SystemPackage

/// The place that Pythons are fetched from, by the client that fetches packages: with its retries, proxies, certificates
/// and passwords.
struct PythonMirror: Sendable {
    let source: FetchSettings.Source
    let environment: [String: String]
    let cache: CacheDirectory
    /// Whether nothing may come from another machine, whatever the variables say.
    let isOffline: Bool

    /// The longest list that is read, in bytes.
    private static let longestList = 64 << 20

    /// Reads the list of what there is; out of the cache where that is fresh, or where Penstock works offline.
    func manifest() async throws(PythonFetchError) -> PythonManifest {
        let client = try await client(progress: { _ in })
        let found: (file: FilePath, list: String)?
        do throws(PackageSourceError) {
            found = try await list(by: client)
            await client.shutdown()
        } catch {
            await client.shutdown()
            throw Task.isCancelled ? .cancelled : .source(error)
        }
        guard let found else { throw .noList(place: withoutCredentials(source.lists.last ?? ""), origin: source.origin) }
        return try await read(found.file, from: found.list)
    }

    /// The first list that is there.
    private func list(by client: PackageIndexClient) async throws(PackageSourceError) -> (file: FilePath, list: String)? {
        for list in source.lists {
            do throws(PackageSourceError) {
                return (try await client.fetchArchive(list).path, list)
            } catch {
                guard error.isAbsence else { throw error }
            }
        }
        return nil
    }

    /// Fetches the archive of a build; what does not have its hash or size is refused.
    func fetch(_ build: StandaloneBuild, to file: FilePath, progress: @escaping ProgressSink) async throws(PythonFetchError) {
        let client = try await client(progress: progress)
        do throws(PackageSourceError) {
            try await client.download(build.url, sha256: build.sha256, size: build.size, to: file)
            await client.shutdown()
        } catch {
            await client.shutdown()
            throw Task.isCancelled ? .cancelled : .source(error)
        }
    }

    private func read(_ file: FilePath, from list: String) async throws(PythonFetchError) -> PythonManifest {
        let bytes = await BlockingWork.run { FileQuestions.content(of: file, limit: Self.longestList) }
        guard let bytes else {
            throw .list(place: withoutCredentials(list), line: nil, problem: "it cannot be read, or is longer than \(Self.longestList) bytes")
        }
        return try PythonManifest(parsing: bytes, from: list, mirror: source.mirror)
    }

    private func client(progress: @escaping ProgressSink) async throws(PythonFetchError) -> PackageIndexClient {
        var options = IndexOptions()
        options.isOffline = isOffline
        // No index is asked, so that it does not matter which one there is.
        options.ignoresIndexes = true
        var http = HTTPOptions()
        if source.isDefault {
            // Nobody has said that this machine can reach it.
            http.retries = 1
            http.connectTimeout = .seconds(5)
        }
        do throws(PackageSourceError) {
            let configuration = try await IndexConfiguration.discover(options: options, environment: environment) { "" }
            return PackageIndexClient(configuration: configuration, cache: cache, options: http, progress: progress)
        } catch {
            throw .source(error)
        }
    }
}

extension PackageSourceError {
    /// Whether there is nothing at that address.
    fileprivate var isAbsence: Bool {
        switch root {
        case .status(_, let code, _): code == 404 || code == 410
        case .localFile: true
        default: false
        }
    }
}
