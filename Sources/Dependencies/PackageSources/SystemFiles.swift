import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The operating system's words for an error number.
func systemMessage(_ code: Int32) -> String {
    String(cString: strerror(code))
}

/// The text of a small file; `nil` if there is none.
///
/// - Throws: an error that names the file when it is there and cannot be read.
func readText(_ path: FilePath) throws(PackageSourceError) -> String? {
    let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        let code = errno
        if code == ENOENT || code == ENOTDIR { return nil }
        throw .configuration(file: path.string, line: nil, problem: systemMessage(code))
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw .configuration(file: path.string, line: nil, problem: systemMessage(errno))
        }
        if count == 0 { break }
        bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// Seconds since 1970 by the system's clock.
func currentSeconds() -> Int64 { Int64(time(nil)) }

/// When the machine was started, in seconds since 1970 by the system's clock; the far future where it does not say.
func systemStartSeconds() -> Int64 {
    var sinceStart = timespec()
    #if canImport(Darwin)
    let clock = CLOCK_MONOTONIC  // counts on while the machine sleeps
    #else
    let clock = CLOCK_BOOTTIME
    #endif
    guard clock_gettime(clock, &sinceStart) == 0 else { return .max / 2 }
    return currentSeconds() - Int64(sinceStart.tv_sec)
}

/// Removes a file if it is there.
func removeFile(_ path: FilePath) { unlink(path.string) }

/// The folder that relative paths are taken from.
func workingFolder() -> FilePath? {
    guard let folder = getcwd(nil, 0) else { return nil }
    defer { free(folder) }
    return FilePath(String(cString: folder))
}

/// Whether there is a file that may be run.
func isExecutable(_ path: FilePath) -> Bool { access(path.string, X_OK) == 0 && LocalFolder.kind(of: path) == .file }
