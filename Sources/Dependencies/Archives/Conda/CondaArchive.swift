public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Archives of conda packages: `.conda`, a zip of two tar archives packed by zstd (CEP 35), and `.tar.bz2`.
///
/// Times are kept: a package may bring compiled Python files, and those hold only as long as the time of their source is the one
/// that they were compiled from.
public enum CondaArchive {
    private static let chunk = 1 << 20

    /// Unpacks a package into `folder`, which is made and must not exist; its parent must. Blocks.
    ///
    /// A package that is refused may leave a part of itself there: the caller removes `folder`.
    ///
    /// - Parameter name: Errors call the archive so. Its first bytes tell which format it has.
    public static func unpack(
        _ file: FilePath, into folder: FilePath, name: String, limits: ArchiveLimits = .init()
    ) throws(ArchiveError) {
        guard try isZip(file, name) else {
            return try TarArchive.unpack(file, into: folder, name: name, limits: limits, keepsTimes: true)
        }
        let zip = try ZipArchive(path: file, limits: limits)
        var unpacker: TarUnpacker?
        do throws(ArchiveFault) {
            _ = try calling("mkdir \(folder)") { mkdir(folder.string, 0o755) }
            let size = zip.entries.reduce(0) { $0 + $1.packedSize }
            let target = try TarUnpacker(into: folder, archiveSize: size, limits: limits, keepsTimes: true)
            unpacker = target
            try unpack(zip, into: target)
            try target.finish()
        } catch {
            throw ArchiveError(archive: name, entry: unpacker?.currentName, error)
        }
    }

    private static func isZip(_ file: FilePath, _ name: String) throws(ArchiveError) -> Bool {
        do throws(ArchiveFault) {
            let descriptor = try calling("open") { open(file.string, O_RDONLY | O_CLOEXEC) }
            defer { close(descriptor) }
            return try withMagic { buffer throws(ArchiveFault) in
                try readFully(descriptor, into: buffer) == 2 && buffer[0] == 0x50 && buffer[1] == 0x4b
            }
        } catch {
            throw ArchiveError(archive: name, error)
        }
    }

    private static func withMagic(
        _ body: (UnsafeMutableRawBufferPointer) throws(ArchiveFault) -> Bool
    ) throws(ArchiveFault) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2, alignment: 1)
        defer { buffer.deallocate() }
        return try body(buffer)
    }

    private static func unpack(_ zip: ZipArchive, into unpacker: TarUnpacker) throws(ArchiveFault) {
        let parts = (try part("info-", of: zip), try part("pkg-", of: zip))
        try unpack(parts.0, into: unpacker)
        try unpacker.beginNext()
        try unpack(parts.1, into: unpacker)
    }

    /// The bytes of one of the two parts, checked.
    private static func part(_ kind: String, of zip: ZipArchive) throws(ArchiveFault) -> UnsafeRawBufferPointer {
        let entries = zip.entries.filter { $0.path.string.hasPrefix(kind) && $0.path.string.hasSuffix(".tar.zst") }
        guard let entry = entries.first else { throw .malformed("has not the two parts of a conda package, info and pkg") }
        guard entries.count == 1 else { throw .malformed("has a part of a conda package twice: \(kind)") }
        // The format wants the parts stored; they are compressed already.
        guard entry.method == .stored else { throw .unsupported("has a part that is compressed twice") }
        let payload = ZipPayload(packed: try zip.packedBytes(of: entry), entry: entry)
        try payload.checkSize()
        try payload.check(payload.packed)
        return payload.packed
    }

    private static func unpack(_ bytes: UnsafeRawBufferPointer, into unpacker: TarUnpacker) throws(ArchiveFault) {
        var decoder = try ZstdDecoder()
        var start = 0
        while start < bytes.count {
            let end = min(start + chunk, bytes.count)
            try decoder.decode(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) { plain throws(ArchiveFault) in
                try unpacker.unpack(plain)
            }
            start = end
        }
        try decoder.finish()
    }
}
