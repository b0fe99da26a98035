import Archives
package import Digests
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Archives in the cache: the files by their SHA-256, and for every address a record of what it led to.
struct ArchiveStore: Sendable {
    let cache: CacheDirectory

    private static let heading = "penstock archive 1"

    /// What an address led to.
    struct Record: Sendable {
        var sha256: SHA256Digest
        /// Seconds of freshness after the last validation.
        var lifetime: Int64
        var entityTag: String?
        var lastModified: String?
        /// In seconds since the last validation.
        var age: Int64 = 0

        /// - Parameter wish: the seconds that count instead of what the server says.
        func isFresh(for wish: Int64?) -> Bool { age >= 0 && age < wish ?? lifetime }
    }

    /// The place of a file with that content.
    func path(_ sha256: SHA256Digest, _ name: String) -> FilePath {
        cache.path(.archives, String(sha256.hex.prefix(2)), String(sha256.hex.dropFirst(2)), name)
    }

    /// The file with that content and name; `nil` if it is not there.
    func archive(_ sha256: SHA256Digest, _ name: String) -> FetchedArchive? {
        let path = path(sha256, name)
        return LocalFolder.size(of: path).map { FetchedArchive(path: path, sha256: sha256, size: $0) }
    }

    /// The last part of an address as a file's name, which archives tell their kind by.
    static func name(_ url: String) -> String {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        let last = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] } ?? path
        let name = percentDecoded(last) ?? ""
        let isSafe = !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 200
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") && $0 != 0x7F }
        return isSafe ? name : "archive"
    }

    // MARK: Records

    /// - Parameter url: without credentials.
    private func recordPath(_ url: String) -> FilePath {
        let digest = SHA256Digest(hashing: url).hex
        return cache.path(.archives, "addresses", String(digest.prefix(2)), String(digest.dropFirst(2)))
    }

    /// What is known of an address; `nil` for nothing.
    func record(_ url: String, now: Int64) -> Record? {
        let path = recordPath(url)
        var status = stat()
        guard stat(path.string, &status) == 0, let stored = try? StoredBytes(mapping: path) else { return nil }
        let lines = String(decoding: stored.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 5, lines[0] == Self.heading, let sha256 = SHA256Digest(hex: lines[1]), let lifetime = Int64(lines[2])
        else { return nil }
        #if canImport(Darwin)
        let time = Int64(status.st_mtimespec.tv_sec)
        #else
        let time = Int64(status.st_mtim.tv_sec)
        #endif
        return Record(
            sha256: sha256, lifetime: lifetime, entityTag: lines[3].isEmpty ? nil : String(lines[3]),
            lastModified: lines[4].isEmpty ? nil : String(lines[4]), age: now - time)
    }

    func keep(_ record: Record, of url: String) throws(PackageSourceError) {
        let fields = [
            Self.heading, record.sha256.hex, "\(record.lifetime)", record.entityTag ?? "", record.lastModified ?? "",
        ]
        guard !fields.contains(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) else { return }
        try cache.publish(Array(fields.joined(separator: "\n").utf8), to: recordPath(url))
    }
}

extension CacheDirectory {
    /// The name under which the archive of an address is kept.
    package static func archiveName(of url: String) -> String { ArchiveStore.name(url) }

    /// An archive that is kept under its name; `nil` if it is not there. Blocks.
    package func archive(_ sha256: SHA256Digest, named name: String) -> FetchedArchive? {
        ArchiveStore(cache: self).archive(sha256, name)
    }

    /// Takes a file over, whose hash was checked, and which lies in this cache. Blocks.
    package func keepArchive(
        _ file: FilePath, _ sha256: SHA256Digest, named name: String
    ) throws(PackageSourceError) {
        let place = ArchiveStore(cache: self).path(sha256, name)
        if rename(file.string, place.string) == 0 { return }
        try makeFolder(place.removingLastComponent())
        guard rename(file.string, place.string) == 0 else {
            throw .cache(operation: "keep the archive", path: place.string, code: errno)
        }
    }
}
