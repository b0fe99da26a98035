import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file, whatever its names: device and inode.
struct FileIdentity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
}

/// Something that stands below a folder.
struct FoundFile: Sendable {
    enum Kind: Sendable { case file, link, folder, other }

    var kind: Kind
    var identity: FileIdentity
    /// In bytes.
    var size: UInt64
    var isExecutable: Bool

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFLNK: .link
            case S_IFDIR: .folder
            default: .other
            }
        identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        size = UInt64(clamping: status.st_size)
        isExecutable = status.st_mode & 0o111 != 0
    }
}

/// Everything below a folder, by relative path; what Python compiled for itself (`__pycache__`) is left out.
struct FoundFiles: Sendable {
    private(set) var files: [String: FoundFile] = [:]

    /// Walks through the folder. Blocks.
    init(below root: FilePath) throws(EnvironmentError) {
        let folder = try Folder(root)
        try walk("", folder.descriptor, root)
    }

    private mutating func walk(_ prefix: String, _ parent: Int32, _ root: FilePath) throws(EnvironmentError) {
        let path = prefix.isEmpty ? "." : prefix
        let descriptor = openat(parent, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "read", path: root.appending(path).string, code: errno) }
        // The stream owns the descriptor.
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            throw .system(operation: "read", path: root.appending(path).string, code: errno)
        }
        var folders: [String] = []
        while let entry = readdir(stream) {
            withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { pointer in
                    let name = String(cString: pointer)
                    if name == "." || name == ".." || name == "__pycache__" { return }
                    var status = stat()
                    guard fstatat(descriptor, pointer, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
                    let found = FoundFile(status)
                    let child = prefix.isEmpty ? name : "\(prefix)/\(name)"
                    files[child] = found
                    if found.kind == .folder { folders.append(child) }
                }
            }
        }
        closedir(stream)
        for folder in folders { try walk(folder, parent, root) }
    }
}
