import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open folder. What is in it is named relative to it, so that the system does not walk long paths again and again.
struct Folder: ~Copyable {
    let descriptor: Int32
    /// For errors.
    let path: FilePath

    init(_ path: FilePath) throws(EnvironmentError) {
        self.path = path
        descriptor = try Self.calling("open", path) {
            open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
    }

    private init(descriptor: Int32, path: FilePath) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens a folder below this one and makes what is missing on the way; the empty path is this folder.
    func folder(_ relative: String) throws(EnvironmentError) -> Folder {
        let name = relative.isEmpty ? "." : relative
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        var opened = openat(descriptor, name, flags)
        if opened < 0, errno == ENOENT {
            try make(relative)
            opened = openat(descriptor, name, flags)
        }
        guard opened >= 0 else { throw .system(operation: "open", path: path.appending(name).string, code: errno) }
        return Folder(descriptor: opened, path: path.pushing(FilePath(relative)))
    }

    /// Makes a folder below this one, with its parents. That it exists is no error.
    func make(_ relative: String) throws(EnvironmentError) {
        if relative.isEmpty || mkdirat(descriptor, relative, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = relative.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            throw .system(operation: "make the folder", path: path.appending(relative).string, code: errno)
        }
        try make(String(relative[..<slash]))
        guard mkdirat(descriptor, relative, 0o755) == 0 || errno == EEXIST else {
            throw .system(operation: "make the folder", path: path.appending(relative).string, code: errno)
        }
    }

    /// Writes a file that must not exist yet.
    func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o644) throws(EnvironmentError) {
        let file = path.appending(name)
        let output = try Self.calling("create", file) {
            openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        }
        defer { close(output) }
        var offset = 0
        while offset < bytes.count {
            let start = offset
            offset += try Self.calling("write", file) {
                bytes.withUnsafeBytes { systemWrite(output, $0.baseAddress.map { $0 + start }, bytes.count - start) }
            }
        }
    }

    /// A file, or its first `most` bytes; `nil` if there is none.
    func read(_ name: String, most: Int = .max) throws(EnvironmentError) -> [UInt8]? {
        let input = openat(descriptor, name, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .system(operation: "open", path: path.appending(name).string, code: errno)
        }
        defer { close(input) }
        var status = stat()
        _ = try Self.calling("read", path) { fstat(input, &status) }
        var bytes = [UInt8](repeating: 0, count: min(Int(status.st_size), most))
        var filled = 0
        while filled < bytes.count {
            let start = filled
            let count = try Self.calling("read", path) {
                bytes.withUnsafeMutableBytes { systemRead(input, $0.baseAddress.map { $0 + start }, $0.count - start) }
            }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes.prefix(filled))
    }

    func symlink(_ name: String, to target: String) throws(EnvironmentError) {
        _ = try Self.calling("make the link", path.appending(name)) { symlinkat(target, descriptor, name) }
    }

    /// Removes a file; that there is none is no error.
    func remove(_ name: String) throws(EnvironmentError) {
        if unlinkat(descriptor, name, 0) != 0, errno != ENOENT {
            throw .system(operation: "remove", path: path.appending(name).string, code: errno)
        }
    }

    /// Repeats a call that signals may interrupt, and turns -1 into an error.
    static func calling<Result: SignedInteger>(
        _ operation: String, _ path: @autoclosure () -> FilePath, _ call: () -> Result
    ) throws(EnvironmentError) -> Result {
        while true {
            let result = call()
            if result != -1 { return result }
            let code = errno
            if code != EINTR { throw .system(operation: operation, path: path().string, code: code) }
        }
    }
}

// Inside `Folder` the names `read` and `write` mean its methods.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
