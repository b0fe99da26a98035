public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Tar archives in files, packed by gzip, zstd or bzip2 or not at all, as their first bytes tell.
public enum TarArchive {
    private static let chunk = 1 << 20

    /// Unpacks everything into `folder`, which is made and must not exist; its parent must. Blocks.
    ///
    /// An archive that is refused may leave a part of itself there: the caller removes `folder`.
    ///
    /// - Parameters:
    ///   - name: how errors call the archive.
    ///   - keepsTimes: whether files get the times that the archive gives them.
    public static func unpack(
        _ file: FilePath, into folder: FilePath, name: String, limits: ArchiveLimits = .init(), keepsTimes: Bool = false
    ) throws(ArchiveError) {
        var unpacker: TarUnpacker?
        do throws(ArchiveFault) {
            let input = try calling("open") { open(file.string, O_RDONLY | O_CLOEXEC) }
            defer { close(input) }
            var status = stat()
            _ = try calling("fstat") { fstat(input, &status) }
            _ = try calling("mkdir \(folder)") { mkdir(folder.string, 0o755) }
            let target = try TarUnpacker(into: folder, archiveSize: UInt64(status.st_size), limits: limits, keepsTimes: keepsTimes)
            unpacker = target
            try unpack(input, into: target)
            try target.finish()
        } catch {
            throw ArchiveError(archive: name, entry: unpacker?.currentName, error)
        }
    }

    private static func unpack(_ input: Int32, into unpacker: TarUnpacker) throws(ArchiveFault) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
        defer { buffer.deallocate() }
        func next() throws(ArchiveFault) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: buffer[..<(try readFully(input, into: buffer))])
        }
        var part = try next()
        let magic = Array(part.prefix(4))
        if magic.starts(with: [0x1f, 0x8b]) {
            let decoder = try GzipDecoder()
            while !part.isEmpty {
                try decoder.decode(part) { plain throws(ArchiveFault) in try unpacker.unpack(plain) }
                part = try next()
            }
            try decoder.finish()
        } else if magic == [0x28, 0xb5, 0x2f, 0xfd] {
            var decoder = try ZstdDecoder()
            while !part.isEmpty {
                try decoder.decode(part) { plain throws(ArchiveFault) in try unpacker.unpack(plain) }
                part = try next()
            }
            try decoder.finish()
        } else if magic.starts(with: "BZh".utf8) {
            var decoder = try Bzip2Decoder()
            while !part.isEmpty {
                try decoder.decode(part) { plain throws(ArchiveFault) in try unpacker.unpack(plain) }
                part = try next()
            }
            try decoder.finish()
        } else if part.count > 262, part[257..<262].elementsEqual("ustar".utf8) {
            while !part.isEmpty {
                try unpacker.unpack(part)
                part = try next()
            }
        } else {
            throw part.isEmpty ? .truncated : .unsupported("is no tar archive, nor one packed by gzip, zstd or bzip2")
        }
    }
}
