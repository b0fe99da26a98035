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
        let draft = "\(path.string).tmp-\(getpid())-\(UInt64.random(in: .min ... .max))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        if written != bytes.count || rename(draft, path.string) != 0 { unlink(draft) }
    }
}
