import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open prefix; what is in it is named relative to it.
final class PrefixFolder: Sendable {
    let descriptor: Int32
    let path: FilePath

    init(_ path: FilePath) throws(CondaPrefixError) {
        self.path = path
        descriptor = open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open", path: path.string, code: errno) }
    }

    deinit { close(descriptor) }

    /// Makes a folder whose parent is there. That it exists is no error.
    func make(_ relative: String) throws(CondaPrefixError) {
        guard mkdirat(descriptor, relative, 0o755) == 0 || errno == EEXIST else {
            throw .system(operation: "make the folder", path: path.appending(relative).string, code: errno)
        }
    }

    /// Writes a file that must not exist yet.
    func write(_ bytes: [UInt8], to relative: String, mode: mode_t, time: timespec? = nil) throws(CondaPrefixError) {
        let output = openat(descriptor, relative, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard output >= 0 else { throw .system(operation: "create", path: path.appending(relative).string, code: errno) }
        defer { close(output) }
        try FileBytes.write(bytes, to: output, path.appending(relative).string)
        if let time { futimens(output, [time, time]) }
    }
}

/// A folder below another one that stays open while neighbours are worked on: the system then walks no long paths.
struct NearbyFolder: ~Copyable {
    private let root: Int32
    private var path = ""
    private var descriptor: Int32 = -1

    init(below root: Int32) { self.root = root }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The folder of a path, and the path's last part; the root and the whole path where the folder cannot be opened.
    mutating func split(_ whole: String) -> (folder: Int32, name: String) {
        guard let slash = whole.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (root, whole) }
        let parent = whole[..<slash]
        if descriptor < 0 || parent != path {
            if descriptor >= 0 { close(descriptor) }
            path = String(parent)
            descriptor = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { return (root, whole) }
        return (descriptor, String(whole[whole.utf8.index(after: slash)...]))
    }
}
