import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Small files of the cache that nothing depends on.
enum SmallFile {
    /// Puts a file in place at once, readable by its owner only; a failure leaves what was there.
    static func publish(_ bytes: [UInt8], at path: FilePath) {
        let folder = path.removingLastComponent()
        if access(folder.string, W_OK) != 0 { mkdir(folder.string, 0o755) }
        var template = Array("\(path.string).tmp-XXXXXX".utf8CString)
        let descriptor = mkostemp(&template, O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        if written != bytes.count || rename(template, path.string) != 0 { unlink(template) }
    }
}
