import Archives
package import Digests
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Stands for what a project's folder holds, without reading it: the names, sizes, modes and times of its files.
///
/// What builds, tests and version control leave behind does not count, so that a build does not make its own source
/// another one.
package struct ContentListing {
    /// More files than this are no project.
    private static let largest = 200_000

    private static let skipped: Set = [
        ".git", ".hg", ".svn", ".bzr", "__pycache__", ".venv", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache",
        ".idea", ".vscode", ".eggs", ".penstock", ".DS_Store", "node_modules",
    ]
    /// The results of builds, unless they are packages.
    private static let results: Set = ["build", "dist"]

    private var hasher = SHA256Hasher()
    private var count = 0
    private let what: String

    private init(what: String) { self.what = what }

    /// The digest of a folder with everything below it. Blocks.
    package static func digest(of folder: FilePath, what: String) throws(SourceBuildError) -> SHA256Digest {
        var listing = ContentListing(what: what)
        try listing.add(folder, prefix: "")
        return listing.hasher.finalize()
    }

    /// The digest of the files that say what an editable project is; its modules may change. Blocks.
    package static func digestOfProjectFiles(in folder: FilePath) -> SHA256Digest {
        var hasher = SHA256Hasher()
        for name in ["pyproject.toml", "setup.py", "setup.cfg"] {
            let content = ProjectFolder(folder).read(name)
            hasher.update("\(name) \(content.map { "\($0.count)" } ?? "-")\n".utf8)
            if let content { hasher.update(content) }
        }
        return hasher.finalize()
    }

    private mutating func add(_ folder: FilePath, prefix: String) throws(SourceBuildError) {
        guard let stream = opendir(folder.string) else {
            throw .system(operation: "read the folder", path: folder.string, code: errno)
        }
        var names: [String] = []
        while let entry = readdir(stream) {
            withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { names.append(String(cString: $0)) }
            }
        }
        closedir(stream)
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for name in names where name != "." && name != ".." && !Self.skipped.contains(name) {
            try add(name, in: folder, prefix: prefix)
        }
    }

    private mutating func add(_ name: String, in folder: FilePath, prefix: String) throws(SourceBuildError) {
        let path = folder.appending(name)
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return }
        count += 1
        guard count <= Self.largest else {
            throw .notAProject(
                what: what, reason: "it has more than \(Self.largest) files", help: "name the folder of the project itself")
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            if name.hasSuffix(".egg-info") || access(path.appending("pyvenv.cfg").string, F_OK) == 0 { return }
            let isPackage = access(path.appending("__init__.py").string, F_OK) == 0
            if prefix.isEmpty, Self.results.contains(name), !isPackage { return }
            return try add(path, prefix: "\(prefix)\(name)/")
        }
        if name.hasSuffix(".pyc") { return }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        hasher.update("\(prefix)\(name)\0\(status.st_mode) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)\n".utf8)
    }
}
