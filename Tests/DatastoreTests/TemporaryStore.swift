import Datastore
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder for one test, removed with it.
final class TemporaryFolder: Sendable {
    let path: FilePath

    init() {
        var template = Array("/tmp/penstock-store-XXXXXX".utf8CString)
        _ = mkdtemp(&template)
        path = FilePath(platformString: template)
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: FilePath) {
        if let stream = opendir(path.string) {
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                if name == "." || name == ".." { continue }
                let child = path.appending(name)
                if entry.pointee.d_type == DT_DIR { remove(child) } else { unlink(child.string) }
            }
            closedir(stream)
        }
        rmdir(path.string)
    }

    var store: StoreLocation { StoreLocation(root: path.appending(".penstock")) }

    /// The files below the folder, relative to it, without the one that is locked by those who store.
    func files(below name: String) -> [String] {
        var found: [String] = []
        var open = [name]
        while let folder = open.popLast() {
            guard let stream = opendir(path.appending(folder).string) else { continue }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let child = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                if child == "." || child == ".." { continue }
                let full = "\(folder)/\(child)"
                if entry.pointee.d_type == DT_DIR { open.append(full) } else { found.append(full) }
            }
        }
        return found.filter { !$0.hasSuffix("/writers.lock") }.sorted()
    }
}

/// Bytes that look random and are the same each time.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        while filled < count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            buffer[filled] = UInt8(truncatingIfNeeded: state >> 32)
            filled += 1
        }
    }
}

/// Bytes that compress well.
func prose(_ count: Int) -> [UInt8] {
    var text: [UInt8] = []
    while text.count < count { text += Array("\(text.count): a flow is a graph of steps, and a step is a method; ".utf8) }
    return Array(text.prefix(count))
}

func contents(of path: FilePath) -> [UInt8] {
    let descriptor = open(path.string, O_RDONLY)
    defer { close(descriptor) }
    return contents(of: descriptor)
}

/// Reads from the descriptor's position to the end.
func contents(of descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count <= 0 { return bytes }
        bytes += buffer[..<count]
    }
}

/// Changes a file in place, however it is protected.
func edit(_ path: FilePath, _ change: (inout [UInt8]) -> Void) {
    var bytes = contents(of: path)
    change(&bytes)
    chmod(path.string, 0o644)
    let descriptor = open(path.string, O_WRONLY | O_TRUNC)
    _ = write(descriptor, bytes, bytes.count)
    close(descriptor)
}
