import Archives
import Digests
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A page of links as it came, and what its headers said.
struct FlatPage: Sendable {
    /// Seconds of freshness after the last validation.
    var lifetime: Int64
    var entityTag: String?
    var lastModified: String?
    /// The address that answered, without credentials: the base of its links.
    var url: String
    var contentType: String?
    /// Without compression.
    var content: [UInt8]
}

/// Pages of links in the cache: a line for each header field, an empty line, and the content. The time of the last
/// validation is the file's modification time.
struct FlatPageStore: Sendable {
    let cache: CacheDirectory

    private static let heading = "penstock page of links 1"

    struct Kept {
        var page: FlatPage
        /// In seconds since the last validation.
        var age: Int64
        var isFresh: Bool { age >= 0 && age < page.lifetime }
    }

    func path(_ index: PackageIndex) -> FilePath {
        let digest = SHA256Digest(hashing: index.address.url).hex.prefix(12)
        return cache.path(.pages, "\(index.address.host)-\(digest)", "links")
    }

    func read(_ path: FilePath, now: Int64) -> Kept? {
        var status = stat()
        guard stat(path.string, &status) == 0, let stored = try? StoredBytes(mapping: path) else { return nil }
        #if canImport(Darwin)
        let time = Int64(status.st_mtimespec.tv_sec)
        #else
        let time = Int64(status.st_mtim.tv_sec)
        #endif
        return page(stored.bytes).map { Kept(page: $0, age: now - time) }
    }

    private func page(_ bytes: UnsafeRawBufferPointer) -> FlatPage? {
        var rest = bytes[...]
        func line() -> String? {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            defer { rest = rest[(end + 1)...] }
            return String(decoding: rest[..<end], as: UTF8.self)
        }
        guard line() == Self.heading, let checksum = line().flatMap({ UInt32($0) }),
            Checksum.crc32(UnsafeRawBufferPointer(rebasing: rest)) == checksum,
            let lifetime = line().flatMap({ Int64($0) }), let tag = line(), let time = line(), let url = line(),
            let type = line()
        else { return nil }
        func present(_ text: String) -> String? { text.isEmpty ? nil : text }
        return FlatPage(
            lifetime: lifetime, entityTag: present(tag), lastModified: present(time), url: url, contentType: present(type),
            content: Array(rest))
    }

    func keep(_ page: FlatPage, at path: FilePath) throws(PackageSourceError) {
        let fields = ["\(page.lifetime)", page.entityTag ?? "", page.lastModified ?? "", page.url, page.contentType ?? ""]
        guard !fields.contains(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) else { return }
        let body = Array((fields.joined(separator: "\n") + "\n").utf8) + page.content
        let checksum = body.withUnsafeBytes { Checksum.crc32($0) }
        try cache.publish(Array("\(Self.heading)\n\(checksum)\n".utf8) + body, to: path)
    }

    /// Says that a page is current as of now.
    func touch(_ path: FilePath) { _ = utimensat(AT_FDCWD, path.string, nil, 0) }
}
