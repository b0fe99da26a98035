#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Copies of single files.
package enum FileCopy {
    /// Copies a file with its mode and time; `cloning` shares the blocks where that works.
    ///
    /// - Returns: 0, or an `errno`.
    package static func copy(
        _ name: UnsafePointer<CChar>, from source: Int32, to target: Int32, as other: UnsafePointer<CChar>? = nil, cloning: Bool
    ) -> Int32 {
        let other = other ?? name
        let input = openat(source, name, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { return errno }
        defer { close(input) }
        var status = stat()
        guard fstat(input, &status) == 0 else { return errno }
        let output = openat(target, other, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, status.st_mode & 0o777)
        guard output >= 0 else { return errno }
        defer { close(output) }
        let code = cloning && clone(input, output) ? 0 : copyContent(from: input, to: output)
        if code != 0 { unlinkat(target, other, 0) }
        keepTime(of: status, output)
        return code
    }

    // Python recognises by the time of a module whether what was compiled of it holds.
    private static func keepTime(of status: stat, _ output: Int32) {
        #if canImport(Darwin)
        let times = [status.st_atimespec, status.st_mtimespec]
        #else
        let times = [status.st_atim, status.st_mtim]
        #endif
        futimens(output, times)
    }

    /// Whether a file can be cloned from one folder to the other; leaves a file behind.
    package static func clones(_ name: String, from source: Int32, to target: Int32, as other: String) -> Bool {
        let input = openat(source, name, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { return false }
        defer { close(input) }
        let output = openat(target, other, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard output >= 0 else { return false }
        defer { close(output) }
        return clone(input, output)
    }

    private static func clone(_ input: Int32, _ output: Int32) -> Bool {
        #if os(Linux)
        // FICLONE: _IOW(0x94, 9, int), which the headers hide behind a macro with arguments.
        let request: UInt = 0x4004_9409
        return ioctl(output, request, input) == 0
        #else
        // macOS clones by name only; copying is right there, if slower.
        return false
        #endif
    }

    private static func copyContent(from input: Int32, to output: Int32) -> Int32 {
        withUnsafeTemporaryAllocation(byteCount: 256 << 10, alignment: 4096) { buffer in
            while true {
                let count = read(input, buffer.baseAddress, buffer.count)
                if count == 0 { return 0 }
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                let code = writeAll(UnsafeRawBufferPointer(buffer)[..<count], to: output)
                if code != 0 { return code }
            }
        }
    }

    private static func writeAll(_ content: Slice<UnsafeRawBufferPointer>, to output: Int32) -> Int32 {
        var rest = UnsafeRawBufferPointer(rebasing: content)
        while !rest.isEmpty {
            let count = write(output, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return 0
    }
}
