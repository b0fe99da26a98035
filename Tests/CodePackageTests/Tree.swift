import Archives
import CodePackage
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder with files for one test, removed with it.
final class Tree {
    let root: FilePath

    /// - Parameter entries: paths with contents; `-> target` makes a link, a trailing `/` a folder.
    init(_ entries: [(String, String)]) {
        var template = Array("/tmp/penstock-code-XXXXXX".utf8CString)
        _ = mkdtemp(&template)
        root = FilePath(platformString: template)
        for (path, content) in entries { add(path, content) }
    }

    deinit { Self.remove(root) }

    var flow: FilePath { root.appending("flow.py") }

    func add(_ path: String, _ content: String) {
        let full = root.pushing(FilePath(path))
        var folder = root
        for component in FilePath(path).removingLastComponent().components {
            folder.append(component)
            mkdir(folder.string, 0o755)
        }
        if path.hasSuffix("/") {
            mkdir(full.string, 0o755)
        } else if content.hasPrefix("-> ") {
            symlink(String(content.dropFirst(3)), full.string)
        } else {
            let bytes = Array(content.utf8)
            let descriptor = open(full.string, O_CREAT | O_WRONLY | O_TRUNC, 0o644)
            _ = write(descriptor, bytes, bytes.count)
            close(descriptor)
        }
    }

    private static func remove(_ path: FilePath) {
        if unlink(path.string) == 0 { return }
        chmod(path.string, 0o755)
        if let stream = opendir(path.string) {
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
                if name == [46] || name == [46, 46] { continue }
                remove(FilePath(platformString: Array(path.string.utf8).map { CChar(bitPattern: $0) } + [47] + name.map { CChar(bitPattern: $0) } + [0]))
            }
            closedir(stream)
        }
        rmdir(path.string)
    }

    /// The person's files of the package of `flow.py`.
    func userFiles(_ suffixes: [String] = []) throws -> [String] {
        try FlowPackage(PackageContents(flowFile: flow, suffixes: suffixes)).files.filter { $0.role == .user }.map(\.path.string)
    }
}

/// What an archive holds, by path.
func unpacked(_ archive: [UInt8]) throws -> [String: [UInt8]] {
    try TarReader(try Gzip.decompress(archive)).entries().reduce(into: [:]) { files, entry in
        if case .file(let bytes, _) = entry.content { files[entry.path.string] = bytes }
    }
}
