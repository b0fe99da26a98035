import Digests
package import Lockfiles
import PackageSources
import PythonPackaging
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files that a lock names by their path, or by a `file:` URL.
package enum LocalFile {
    /// The path of a file that lies on this machine; `nil` for one on a server.
    package static func path(of file: LockedFile, relativeTo folder: FilePath?) -> FilePath? {
        if let path = file.path { return Self.path(path, relativeTo: folder) }
        return file.url.flatMap(Self.path(ofURL:))
    }

    /// An absolute path; without a folder, relative paths begin where the process is.
    package static func path(_ path: String, relativeTo folder: FilePath?) -> FilePath {
        let path = FilePath(path)
        if path.isAbsolute { return path.lexicallyNormalized() }
        if let folder, folder.isAbsolute { return folder.pushing(path).lexicallyNormalized() }
        guard let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        let base = FilePath(String(cString: here)).pushing(folder ?? "")
        return base.pushing(path).lexicallyNormalized()
    }

    /// The path that a `file:` URL means; `nil` for other URLs, and for files of other machines.
    package static func path(ofURL url: String) -> FilePath? {
        guard url.lowercased().hasPrefix("file:") else { return nil }
        var rest = url.dropFirst(5)
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let host = rest.prefix { $0 != "/" }
            guard host.isEmpty || host.lowercased() == "localhost" else { return nil }
            rest = rest.dropFirst(host.count)
        }
        let bytes = rest.utf8.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "?") }
        var decoded: [UInt8] = []
        var remaining = bytes[...]
        while let byte = remaining.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: remaining.prefix(2), as: UTF8.self), radix: 16) {
                decoded.append(value)
                remaining = remaining.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        guard decoded.first == UInt8(ascii: "/"), !decoded.contains(0) else { return nil }
        return FilePath(String(decoding: decoded, as: UTF8.self))
    }

    /// A `file:` URL of an absolute path.
    package static func url(_ path: FilePath) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/+@=,".utf8)
        var text = "file://"
        for byte in path.string.utf8 {
            if plain.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return text
    }

    /// In bytes; 0 for a file that cannot be looked at.
    static func size(of file: FilePath) -> Int64 {
        var status = stat()
        return stat(file.string, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// Copies a wheel, and compares it with what was ordered on the way. Blocks.
    static func copy(
        _ file: FilePath, to place: FilePath, _ order: WheelOrder, _ follower: (any DownloadFollower)? = nil
    ) throws(EnvironmentError) {
        let input = try Folder.calling("read", file) { open(file.string, O_RDONLY | O_CLOEXEC) }
        defer { close(input) }
        let output = try Folder.calling("create", place) {
            open(place.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        }
        defer { close(output) }
        follower?.begin(output)
        var total: Int64 = 0
        var hasher = SHA256Hasher()
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = try Folder.calling("read", file) { read(input, &chunk, chunk.count) }
            if count == 0 { break }
            hasher.update(chunk[..<count])
            var offset = 0
            while offset < count {
                let start = offset
                offset += try Folder.calling("write", place) {
                    chunk.withUnsafeBytes { write(output, $0.baseAddress.map { $0 + start }, count - start) }
                }
            }
            total += Int64(count)
            follower?.arrived(total)
        }
        let found = hasher.finalize()
        guard found == order.sha256 else {
            throw .refused(wheel: order.filename.description, .wrongDigest(expected: order.sha256, found: found))
        }
    }
}
