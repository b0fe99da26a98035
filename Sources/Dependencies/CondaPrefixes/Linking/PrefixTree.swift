import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A prefix that is being filled: which paths are taken, and by whom.
struct PrefixTree {
    let folder: FilePath
    /// The final path.
    let prefix: FilePath
    private var owners: [String: String] = [:]
    private var folders: Set<String> = []

    init(folder: FilePath, prefix: FilePath) {
        self.folder = folder
        self.prefix = prefix
    }

    /// Takes a path for a package.
    ///
    /// - Returns: `nil` if it was free, otherwise who has it.
    mutating func claim(_ path: String, for package: String) -> String? {
        if let owner = owners[path] { return owner }
        if folders.contains(path) { return "a folder" }
        var parent = Self.parent(of: path)
        while let folder = parent {
            if let owner = owners[folder] { return owner }
            parent = Self.parent(of: folder)
        }
        owners[path] = package
        return nil
    }

    /// Makes the folder that a path lies in, with its parents.
    mutating func makeParent(of path: String) throws(CondaPrefixError) {
        guard let parent = Self.parent(of: path) else { return }
        try makeFolder(parent)
    }

    mutating func makeFolder(_ path: String) throws(CondaPrefixError) {
        guard !folders.contains(path) else { return }
        try makeParent(of: path)
        let place = folder.appending(path).string
        guard mkdir(place, 0o755) == 0 || errno == EEXIST else {
            throw .system(operation: "make the folder", path: place, code: errno)
        }
        folders.insert(path)
    }

    private static func parent(of path: String) -> String? {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) }
    }
}
