import Archives
import Digests
import PythonPackaging
import SystemPackage

/// Core metadata in the cache: the fields that resolving needs, without descriptions, each file once and for good.
struct MetadataStore: Sendable {
    let cache: CacheDirectory

    /// `PENMD` and the number of the layout.
    private static let magic: [UInt8] = Array("PENMD01\n".utf8)
    private static let headerSize = 12

    /// By the file's hash and who serves it, or else by its address. A page can claim any hash for its files: what it says
    /// must not count for the same file on another server.
    static func key(_ file: IndexFile) -> String {
        guard let sha256 = file.sha256 else { return withoutQuery(file.url) }
        var slashes = 0
        let server = file.url.utf8.prefix { byte in
            if byte == UInt8(ascii: "/") { slashes += 1 }
            return slashes < 3
        }
        return "\(sha256.hex) \(Substring(server))"
    }

    /// Queries are signatures as a rule, which are others tomorrow.
    private static func withoutQuery(_ url: String) -> String { String(url.prefix { $0 != "?" }) }

    func path(_ file: IndexFile) -> FilePath {
        let key = SHA256Digest(hashing: Self.key(file)).hex
        return cache.path(.metadata, String(key.prefix(2)), String(key.dropFirst(2)))
    }

    /// `nil` if there is none, or a damaged one.
    func read(_ file: IndexFile) -> CoreMetadata? {
        guard let stored = try? StoredBytes(reading: path(file)) else { return nil }
        let bytes = stored.bytes
        guard bytes.count >= Self.headerSize, bytes.prefix(Self.magic.count).elementsEqual(Self.magic) else { return nil }
        let text = UnsafeRawBufferPointer(rebasing: bytes[Self.headerSize...])
        let checksum = bytes.loadUnaligned(fromByteOffset: Self.magic.count, as: UInt32.self)
        guard UInt32(littleEndian: checksum) == Checksum.crc32(text) else { return nil }
        return try? CoreMetadata(parsing: text)
    }

    func keep(_ metadata: CoreMetadata, of file: IndexFile) throws(PackageSourceError) {
        let text = Self.text(of: metadata)
        let checksum = text.withUnsafeBytes { Checksum.crc32($0) }
        var bytes = Self.magic
        withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
        try cache.publish(bytes + text, to: path(file))
    }

    /// The metadata as such a file would say it.
    private static func text(of metadata: CoreMetadata) -> [UInt8] {
        var lines = [
            "Metadata-Version: \(metadata.metadataVersion)", "Name: \(metadata.name)", "Version: \(metadata.version)",
        ]
        if let python = metadata.requiresPython { lines.append("Requires-Python: \(python)") }
        lines += metadata.requiresDist.map { "Requires-Dist: \($0)" }
        lines += metadata.providesExtra.map { "Provides-Extra: \($0)" }
        lines += metadata.dynamic.map { "Dynamic: \($0)" }
        return Array(lines.joined(separator: "\n").utf8)
    }
}
