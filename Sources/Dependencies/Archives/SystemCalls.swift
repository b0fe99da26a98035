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

/// Repeats a call that signals may interrupt, and turns -1 into an error.
func calling<Result: SignedInteger>(
    _ operation: @autoclosure () -> String, _ call: () -> Result
) throws(ArchiveFault) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw .system(operation: operation(), code: code) }
    }
}

/// Makes something below a new folder: what is there already has the same name to this file system.
func creating(_ path: String, _ call: () -> Int32) throws(ArchiveFault) -> Int32 {
    do throws(ArchiveFault) {
        return try calling("create '\(path)'", call)
    } catch {
        if case .system(_, EEXIST) = error { throw .duplicatePath }
        throw error
    }
}

/// Writes all of `bytes` at the descriptor's position.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(ArchiveFault) {
    var rest = bytes
    while !rest.isEmpty {
        let pending = rest
        let written = try calling("write") { write(descriptor, pending.baseAddress, pending.count) }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
}

/// Reads until `buffer` is full or the input ends; returns the number of bytes read.
func readFully(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveFault) -> Int {
    var filled = 0
    while filled < buffer.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        let count = try calling("read") { read(descriptor, rest.baseAddress, rest.count) }
        if count == 0 { break }
        filled += count
    }
    return filled
}
