public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Archives of conda packages in the newer format (`.conda`): a zip archive that holds two tar archives, each packed by zstd,
/// one with what the package is (`info-…`), one with its files (`pkg-…`).
public enum CondaArchive {
    /// Unpacks both parts into folders of their own, which are made and must not exist; their parents must. Blocks.
    ///
    /// An archive that is refused may leave a part of itself there: the caller removes the folders.
    ///
    /// - Parameters:
    ///   - files: Gets the files of the package.
    ///   - information: Gets the folder `info`.
    ///   - name: How errors call the archive.
    public static func unpack(
        _ file: FilePath, files: FilePath, information: FilePath, name: String, limits: ArchiveLimits = .init()
    ) throws(ArchiveError) {
        let archive = try ZipArchive(path: file, limits: limits)
        for (part, folder) in [("info-", information), ("pkg-", files)] {
            let found = archive.entries.filter { $0.path.string.hasPrefix(part) && $0.path.string.hasSuffix(".tar.zst") }
            guard let entry = found.first, found.count == 1, entry.method == .stored else {
                throw ArchiveError(archive: name, .malformed("has not one part '\(part)….tar.zst', stored as it is"))
            }
            try unpack(entry, of: archive, into: folder, name: name, limits: limits)
        }
    }

    private static func unpack(
        _ entry: ZipEntry, of archive: ZipArchive, into folder: FilePath, name: String, limits: ArchiveLimits
    ) throws(ArchiveError) {
        var unpacker: TarUnpacker?
        do throws(ArchiveFault) {
            let packed = try archive.packedBytes(of: entry)
            guard UInt64(packed.count) == entry.size else { throw .wrongSize }
            guard Checksum.crc32(packed) == entry.checksum else { throw .wrongChecksum }
            _ = try calling("mkdir \(folder)") { mkdir(folder.string, 0o755) }
            let target = try TarUnpacker(into: folder, archiveSize: entry.packedSize, limits: limits)
            unpacker = target
            var decoder = try ZstdDecoder()
            try decoder.decode(packed) { plain throws(ArchiveFault) in try target.unpack(plain) }
            try decoder.finish()
            try target.finish()
        } catch {
            throw ArchiveError(archive: name, entry: unpacker?.currentName ?? entry.spelledName, error)
        }
    }
}
