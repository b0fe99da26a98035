public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension TarReader {
    /// Unpacks everything into `folder`, which is made and must not exist; its parent must. Blocks.
    ///
    /// The whole archive is checked before the first file is written. Symbolic links are made last, so that nothing can
    /// be written through one.
    public func extractAll(into folder: FilePath) throws(ArchiveError) {
        let entries = try entries()
        var current: TarEntry?
        do throws(ArchiveFault) {
            _ = try calling("mkdir \(folder)") { mkdir(folder.string, 0o755) }
            let root = try calling("open \(folder)") { open(folder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
            defer { close(root) }
            for folder in try Self.folders(of: entries) {
                _ = try creating(folder.string) { mkdirat(root, folder.string, 0o755) }
            }
            for entry in entries {
                current = entry
                try Self.write(entry, below: root)
            }
            for case let entry in entries {
                guard case .symbolicLink(let target) = entry.content else { continue }
                current = entry
                _ = try creating(entry.path.string) { symlinkat(target, root, entry.path.string) }
            }
        } catch {
            throw ArchiveError(archive: name, entry: current?.path.string, error)
        }
    }

    private static func folders(of entries: [TarEntry]) throws(ArchiveFault) -> [EntryPath] {
        var tree = EntryTree(expecting: entries.count)
        for entry in entries {
            if entry.content == .directory { try tree.addDirectory(entry.path) } else { try tree.addLeaf(entry.path) }
        }
        return tree.directories
    }

    private static func write(_ entry: TarEntry, below root: Int32) throws(ArchiveFault) {
        let path = entry.path.string
        switch entry.content {
        case .directory, .symbolicLink: return
        case .hardLink(let target):
            _ = try creating(path) { linkat(root, target.string, root, path, 0) }
        case .file(let content, let isExecutable):
            let descriptor = try creating(path) {
                openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, isExecutable ? 0o755 : 0o644)
            }
            defer { close(descriptor) }
            try content.lendingBytes { bytes throws(ArchiveFault) in try writeAll(bytes, to: descriptor) }
        }
    }
}
