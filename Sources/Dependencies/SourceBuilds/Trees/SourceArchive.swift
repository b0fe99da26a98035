import Archives
import Environments
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An archive of sources on this machine: `.tar.gz`, `.tgz`, `.tar` or `.zip`.
package struct SourceArchive: Sendable {
    package let file: FilePath
    /// Tells the format.
    package let filename: String
    /// What messages call it.
    package let what: String

    package init(file: FilePath, filename: String, what: String) {
        self.file = file
        self.filename = filename
        self.what = what
    }

    /// Unpacks into a folder that does not exist yet, and gives the folder of the source: the only one at the top of the
    /// archive or, where a project lies at the top itself, the top.
    package func unpack(into folder: FilePath) async throws(SourceBuildError) -> FilePath {
        do {
            switch try format() {
            case .zip:
                let archive = try await BlockingWork.run { () throws(ArchiveError) in try ZipArchive(path: file) }
                try await archive.extractAll(into: folder)
            case .tar(let isCompressed):
                try await ProcessorThreads.run { try extractTar(isCompressed: isCompressed, into: folder) }
            }
        } catch let error as SourceBuildError {
            throw error
        } catch {
            throw Task.isCancelled ? .cancelled : .archive(what: what, cause: error)
        }
        return try await BlockingWork.run { () throws(SourceBuildError) in try top(of: folder) }
    }

    private enum Format { case tar(isCompressed: Bool), zip }

    private func format() throws(ArchiveError) -> Format {
        let name = filename.lowercased()
        if name.hasSuffix(".tar.gz") || name.hasSuffix(".tgz") { return .tar(isCompressed: true) }
        if name.hasSuffix(".tar") { return .tar(isCompressed: false) }
        if name.hasSuffix(".zip") { return .zip }
        for (suffixes, method) in [([".tar.bz2", ".tbz", ".tbz2"], "bzip2"), ([".tar.xz", ".txz", ".tar.lzma"], "xz")]
        where suffixes.contains(where: name.hasSuffix) {
            throw ArchiveError(
                archive: filename, .unsupported("is compressed with \(method), which is not understood; .tar.gz and .zip are"))
        }
        throw ArchiveError(archive: filename, .unsupported("is neither .tar.gz nor .zip"))
    }

    private func extractTar(isCompressed: Bool, into folder: FilePath) throws {
        let limits = ArchiveLimits()
        let packed = try content()
        // What an honest archive may unpack to, and no more than memory can be expected to hold.
        let most = min(4 << 30, max(Int(limits.expansionFloor), packed.count * Int(limits.expansion)))
        let bytes = isCompressed ? try Gzip.decompress(packed, limit: most, name: filename) : packed
        try TarReader(bytes, name: filename, limits: limits).extractAll(into: folder)
    }

    private func content() throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(file, .readOnly)
        return try descriptor.closeAfter {
            let size = Int(try descriptor.seek(offset: 0, from: .end))
            var bytes = [UInt8](repeating: 0, count: size)
            var filled = 0
            while filled < size {
                let count = try bytes.withUnsafeMutableBytes { buffer in
                    try descriptor.read(
                        fromAbsoluteOffset: Int64(filled), into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                }
                if count == 0 { break }
                filled += count
            }
            return Array(bytes.prefix(filled))
        }
    }

    private func top(of folder: FilePath) throws(SourceBuildError) -> FilePath {
        let names = FileTree.names(in: folder).filter { $0 != "." && $0 != ".." }
        if names.count == 1, SourceTree.isFolder(folder.appending(names[0])) { return folder.appending(names[0]) }
        if names.contains("pyproject.toml") || names.contains("setup.py") { return folder }
        throw .notAProject(
            what: what, reason: "its archive \(filename) has no single folder at the top, and no project either",
            help: "tell the project that made it, or choose another version")
    }
}
