import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

enum Processes {
    /// Waits a little for a process to be gone.
    static func hasEnded(_ identifier: String) throws -> Bool {
        guard let process = Int32(identifier), process > 1 else { return false }
        for _ in 0..<100 {
            if kill(process, 0) != 0 { return true }
            usleep(50_000)
        }
        return false
    }
}

enum Links {
    static func make(_ path: FilePath, to target: String) throws {
        if symlink(target, path.string) != 0 { throw Errno(rawValue: errno) }
    }
}
