import Archives
import CondaPackaging
import Digests
import PackageSources
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Repodata as it is opened quickly: the text without compression, and where in it each package is. Both are files that are
/// only mapped. Everything here blocks.
struct RepodataStore: Sendable {
    let cache: CacheDirectory

    /// The longest text: places in it have 32 bits.
    private static let longest = Int(UInt32.max) - 1

    /// A URL's files, of which the ones of the latest content stay.
    private func folder(_ url: String) -> FilePath {
        cache.path(.channels, "repodata", SHA256Digest(hashing: url).hex)
    }

    /// What was made of content before; `nil` for nothing, or where it is damaged.
    ///
    /// - Parameter content: Which content the URL had: a hash of it, or of what stands for it.
    func kept(_ url: String, _ content: SHA256Digest, _ subdir: Subdir) -> Repodata<ChannelBytes>? {
        let folder = folder(url)
        guard let index = try? StoredBytes(mapping: folder.appending("\(content.hex).index")),
            let bytes = try? bytes(of: folder.appending("\(content.hex).json"))
        else { return nil }
        let stored = UnsafeBufferPointer(start: index.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count: index.bytes.count)
        return withExtendedLifetime(index) { try? Repodata(bytes, storedIndex: stored, subdir: subdir) }
    }

    /// Takes the text out of a fetched file, finds where each package is, and keeps both.
    func keep(
        _ file: FilePath, isZstd: Bool, of url: String, _ content: SHA256Digest, _ subdir: Subdir
    ) throws(RepodataStoreError) -> Repodata<ChannelBytes> {
        let folder = folder(url)
        let text = folder.appending("\(content.hex).json")
        let draft = cache.temporaryName(beside: text)
        defer { unlink(draft.string) }
        try write(file, isZstd: isZstd, to: draft, in: folder)
        let repodata: Repodata<ChannelBytes>
        let bytes = try bytes(of: draft)
        do throws(RepodataError) {
            repodata = try Repodata(bytes, subdir: subdir)
        } catch {
            throw .repodata(error)
        }
        do throws(PackageSourceError) {
            try cache.publish(repodata.storedIndex(), to: folder.appending("\(content.hex).index"))
        } catch {
            throw .cache(error)
        }
        guard rename(draft.string, text.string) == 0 else {
            throw .cache(.cache(operation: "keep repodata", path: text.string, code: errno))
        }
        removeOthers(than: content, in: folder)
        return repodata
    }

    private func bytes(of path: FilePath) throws(RepodataStoreError) -> ChannelBytes {
        do throws(ArchiveFault) {
            return ChannelBytes(try StoredBytes(mapping: path))
        } catch {
            // An empty file is repodata without anything in it (CEP 36).
            if error == .truncated { return ChannelBytes(nil) }
            throw .archive(ArchiveError(archive: path.string, error))
        }
    }

    private func write(_ file: FilePath, isZstd: Bool, to draft: FilePath, in folder: FilePath) throws(RepodataStoreError) {
        let output: FileDescriptor
        do {
            output = try open(draft, in: folder)
        } catch {
            throw .cache(.cache(operation: "write", path: draft.string, code: (error as? Errno)?.rawValue ?? EIO))
        }
        defer { try? output.close() }
        let input: FileDescriptor
        do {
            input = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
        } catch Errno.noSuchFileOrDirectory {
            throw .vanished
        } catch {
            throw .archive(ArchiveError(archive: file.string, .system(operation: "open", code: (error as? Errno)?.rawValue ?? EIO)))
        }
        defer { try? input.close() }
        do throws(ArchiveError) {
            if isZstd {
                _ = try Zstd.decompress(from: input, to: output, limit: limit(of: file), name: "the repodata")
            } else if Self.isGzip(input) {
                try inflate(file, output)
            } else {
                try copy(input, output)
            }
        } catch {
            throw .archive(error)
        }
    }

    private func open(_ draft: FilePath, in folder: FilePath) throws -> FileDescriptor {
        let options: FileDescriptor.OpenOptions = [.create, .exclusiveCreate, .closeOnExec]
        do {
            return try FileDescriptor.open(draft, .writeOnly, options: options, permissions: FilePermissions(rawValue: 0o644))
        } catch Errno.noSuchFileOrDirectory {
            try cache.makeFolder(folder)
            return try FileDescriptor.open(draft, .writeOnly, options: options, permissions: FilePermissions(rawValue: 0o644))
        }
    }

    /// Honest repodata becomes twenty times as long; what becomes more than two hundred times as long fills disks.
    private func limit(of file: FilePath) -> Int {
        var status = stat()
        guard stat(file.string, &status) == 0 else { return 64 << 20 }
        return min(Self.longest, max(64 << 20, 200 * Int(clamping: status.st_size)))
    }

    /// Some servers keep the text compressed, and send it so although nobody asked for that.
    private static func isGzip(_ input: FileDescriptor) -> Bool {
        var start: (UInt8, UInt8) = (0, 0)
        let count = withUnsafeMutableBytes(of: &start) { try? input.read(fromAbsoluteOffset: 0, into: $0) }
        return count == 2 && start == (0x1F, 0x8B)
    }

    private func inflate(_ file: FilePath, _ output: FileDescriptor) throws(ArchiveError) {
        let packed: [UInt8]
        do throws(ArchiveFault) {
            packed = try StoredBytes(mapping: file).copied
        } catch {
            throw ArchiveError(archive: "the repodata", error)
        }
        let text = try Gzip.decompress(packed, limit: limit(of: file), name: "the repodata")
        do {
            try output.writeAll(text)
        } catch {
            throw ArchiveError(archive: "the repodata", .system(operation: "write", code: (error as? Errno)?.rawValue ?? EIO))
        }
    }

    private func copy(_ input: FileDescriptor, _ output: FileDescriptor) throws(ArchiveError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 << 10, alignment: 16)
        defer { buffer.deallocate() }
        do {
            while true {
                let count = try input.read(into: buffer)
                if count == 0 { return }
                try output.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        } catch {
            throw ArchiveError(archive: "the repodata", .system(operation: "copy", code: (error as? Errno)?.rawValue ?? EIO))
        }
    }

    /// Whoever has them in memory keeps them there; whoever is about to open them makes them again.
    private func removeOthers(than content: SHA256Digest, in folder: FilePath) {
        guard let stream = opendir(folder.string) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard !name.hasPrefix("."), !name.hasPrefix(content.hex) else { continue }
            unlink(folder.appending(name).string)
        }
    }
}

/// Why repodata could not be kept.
enum RepodataStoreError: Error {
    /// The fetched file is not there any more.
    case vanished
    case repodata(RepodataError)
    case archive(ArchiveError)
    case cache(PackageSourceError)
}
