package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The folder of a project, and small files in it.
package struct ProjectFolder: Sendable {
    package let path: FilePath

    package init(_ path: FilePath) { self.path = path }

    /// Longer files are none that describe a project.
    private static let largest = 16 << 20

    /// The whole of a regular file; `nil` if there is none that can be read. Blocks.
    func read(_ name: String) -> [UInt8]? {
        let descriptor = open(path.appending(name).string, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.largest else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let start = filled
            let count = bytes.withUnsafeMutableBytes { buffer in
                systemRead(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start)
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            filled += count
        }
        return Array(bytes.prefix(filled))
    }

    func has(_ name: String) -> Bool { access(path.appending(name).string, F_OK) == 0 }
}

// Inside `ProjectFolder` the name `read` means its method.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
