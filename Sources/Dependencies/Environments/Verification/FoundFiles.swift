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

    /// `nil` if there is nothing.
    init?(at path: FilePath) {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return nil }
        self.init(status)
    }

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

/// Everything below a folder, by relative path.
struct FoundFiles: Sendable {
    private(set) var files: [String: FoundFile] = [:]
    /// What Python compiled: the files in folders `__pycache__`.
    private(set) var compiled: [String: FoundFile] = [:]

    /// Walks through the folder. Blocks.
    init(below root: FilePath) throws(EnvironmentError) {
        let folder = try Folder(root)
        try walk("", folder.descriptor, root, isCompiled: false)
    }

    private mutating func walk(
        _ prefix: String, _ parent: Int32, _ root: FilePath, isCompiled: Bool
    ) throws(EnvironmentError) {
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
                    if name == "." || name == ".." { return }
                    var status = stat()
                    guard fstatat(descriptor, pointer, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
                    let found = FoundFile(status)
                    let child = prefix.isEmpty ? name : "\(prefix)/\(name)"
                    if found.kind == .folder { folders.append(child) }
                    if isCompiled {
                        compiled[child] = found
                    } else if name != "__pycache__" {
                        files[child] = found
                    }
                }
            }
        }
        closedir(stream)
        for folder in folders {
            try walk(folder, parent, root, isCompiled: isCompiled || folder.hasSuffix("__pycache__"))
        }
    }
}
