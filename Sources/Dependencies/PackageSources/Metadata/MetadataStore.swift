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

    /// By the file's hash, or else by its address.
    func path(_ file: IndexFile) -> FilePath {
        let key = (file.sha256 ?? SHA256Digest(hashing: file.url)).hex
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
