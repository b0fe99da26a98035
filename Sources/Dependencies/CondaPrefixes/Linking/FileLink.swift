import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Single files on their way from the cache into a prefix.
enum FileLink {
    /// Gives the file another name, or copies it where that cannot be done.
    static func link(_ source: FilePath, to place: FilePath, isCopied: Bool) throws(CondaPrefixError) {
        var status = stat()
        guard lstat(source.string, &status) == 0 else { throw .system(operation: "look at", path: source.string, code: errno) }
        // Some packages call a link a file.
        if status.st_mode & S_IFMT == S_IFLNK { return try copyLink(source, to: place) }
        if !isCopied {
            if linkat(AT_FDCWD, source.string, AT_FDCWD, place.string, 0) == 0 { return }
            guard [EXDEV, EMLINK, EPERM, EOPNOTSUPP].contains(errno) else {
                throw .system(operation: "link to", path: place.string, code: errno)
            }
        }
        let file = try read(source)
        try write(file.content, mode: file.mode, to: place)
    }

    /// Makes a symbolic link with the same target. What leads out of the archive was refused when it was unpacked.
    static func copyLink(_ source: FilePath, to place: FilePath) throws(CondaPrefixError) {
        var buffer = [CChar](repeating: 0, count: 4097)
        let count = readlink(source.string, &buffer, buffer.count - 1)
        guard count >= 0 else {
            // Some packages call a file a link.
            if errno == EINVAL { return try link(source, to: place, isCopied: false) }
            throw .system(operation: "read the link", path: source.string, code: errno)
        }
        guard symlink(buffer, place.string) == 0 else {
            throw .system(operation: "make the link", path: place.string, code: errno)
        }
    }

    static func read(_ path: FilePath) throws(CondaPrefixError) -> (content: [UInt8], mode: mode_t) {
        let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open", path: path.string, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(operation: "look at", path: path.string, code: errno) }
        var failure: Int32 = 0
        let size = Int(status.st_size)
        let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let part = systemRead(descriptor, UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
                if part < 0, errno == EINTR { continue }
                if part < 0 { failure = errno }
                guard part > 0 else { break }
                count += part
            }
        }
        guard failure == 0 else { throw .system(operation: "read", path: path.string, code: failure) }
        return (content, status.st_mode & 0o777)
    }

    static func write(_ content: [UInt8], mode: mode_t, to place: FilePath) throws(CondaPrefixError) {
        let descriptor = open(place.string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .system(operation: "write", path: place.string, code: errno) }
        let code = content.withUnsafeBytes { bytes -> Int32 in
            var rest = bytes
            while !rest.isEmpty {
                let count = systemWrite(descriptor, rest)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return errno }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return 0
        }
        let closed = close(descriptor) == 0 ? 0 : errno
        guard code == 0, closed == 0 else { throw .system(operation: "write", path: place.string, code: code == 0 ? closed : code) }
    }
}

// Inside `FileLink` these names mean its methods.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
