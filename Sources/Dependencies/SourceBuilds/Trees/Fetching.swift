import Archives
import Digests
import Environments
import PackageSources
import SystemPackage

extension SourceBuilder {
    /// Fetches an archive into the cache, unless it is there or lies on this machine anyway.
    ///
    /// - Parameters:
    ///   - hashes: what it has to have, by the name of the algorithm, in hexadecimal digits.
    ///   - size: in bytes, likewise.
    func fetch(
        _ url: String, hashes: [String: String], size: Int64?, what: String
    ) async throws(SourceBuildError) -> FetchedArchive {
        do {
            let archive = try await archive(at: url, hashes)
            if let size, size != archive.size {
                throw PackageSourceError.sizeMismatch(url: withoutCredentials(url), expected: size, found: archive.size)
            }
            return archive
        } catch {
            throw Task.isCancelled ? .cancelled : .notFetched(what: what, cause: error)
        }
    }

    // What lies here needs no client, and so no index.
    private func archive(at url: String, _ hashes: [String: String]) async throws -> FetchedArchive {
        guard let path = LocalFile.path(ofURL: url), hashes.keys.allSatisfy({ $0 == "sha256" }) else {
            return try await openClient().fetchArchive(url, hashes: hashes)
        }
        let (found, size) = try await BlockingWork.run { () throws(SourceBuildError) in try FileDigest.of(path) }
        if let hash = hashes["sha256"], SHA256Digest(hex: hash) != found {
            guard let expected = SHA256Digest(hex: hash) else {
                throw PackageSourceError.uncheckableHash(url: path.string, algorithms: ["sha256"])
            }
            throw PackageSourceError.digestMismatch(url: path.string, expected: expected, found: found)
        }
        return FetchedArchive(path: path, sha256: found, size: size)
    }
}
