public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a folder with everything below it takes on the disk.
///
/// Blocks that files share by copy-on-write count for each of them: file systems do not tell them apart cheaply.
public struct TreeSize: Sendable, Hashable {
    /// Bytes of files that have no other name, and of the folders: what removing the tree frees.
    public var own: Int64 = 0
    /// Bytes of files that are linked from elsewhere as well.
    public var shared: Int64 = 0
    /// Files and links.
    public var files = 0

    public var total: Int64 { own + shared }

    public init() {}

    /// Looks at a tree, or at a single file. What cannot be read counts for nothing. Blocks.
    public init(of path: FilePath) {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            add(status)
            return
        }
        own += Self.bytes(of: status)
        let parent = open(path.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if parent >= 0 { addContents(of: parent) }
    }

    public static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.own += right.own
        sum.shared += right.shared
        sum.files += right.files
        return sum
    }

    /// Takes the descriptor over.
    private mutating func addContents(of descriptor: Int32) {
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            return
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard name != ".", name != "..", fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            guard status.st_mode & S_IFMT == S_IFDIR else {
                add(status)
                continue
            }
            own += Self.bytes(of: status)
            let child = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if child >= 0 { addContents(of: child) }
        }
    }

    private mutating func add(_ status: stat) {
        files += 1
        if status.st_nlink > 1 { shared += Self.bytes(of: status) } else { own += Self.bytes(of: status) }
    }

    /// POSIX: `st_blocks` counts 512 bytes each.
    private static func bytes(of status: stat) -> Int64 { Int64(status.st_blocks) * 512 }
}
