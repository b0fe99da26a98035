package import Datastore
import FoundationEssentials
package import PackageSources
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the tasks of a node share, whatever their runs: `PENSTOCK_NODE_CACHE`, or `penstock-<uid>` in the folder for temporary
/// files. Everything in it can be made again.
///
///     engines/<sha256>   engines (`NodeBootstrap`)
///     code/<sha256>      code packages, unpacked
///     packages/          wheels, conda packages and environments (`CacheDirectory`)
///     blobs/             large inputs of tasks
///     pythons/<digest>   where the Python of an environment is
///     tasks/<name>/      what one task has for itself while it runs
package struct NodeCache: Sendable {
    package let root: FilePath

    /// Finds the folder, and makes it where it is missing.
    ///
    /// - Throws: `.cache` when it is not this user's, or cannot be made.
    package init(environment: [String: String]) throws(NodeFault) {
        let named = environment["PENSTOCK_NODE_CACHE"].flatMap { $0.isEmpty ? nil : $0 }
        let temporary = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        try self.init(root: FilePath(named ?? "\(temporary)/penstock-\(getuid())"), mayBeLink: named != nil)
    }

    /// - Parameter mayBeLink: not so where anybody could have made the link.
    package init(root: FilePath, mayBeLink: Bool = true) throws(NodeFault) {
        self.root = root
        if mkdir(root.string, 0o700) != 0, errno == ENOENT {
            try? FileManager.default.createDirectory(
                atPath: root.removingLastComponent().string, withIntermediateDirectories: true)
        }
        guard mkdir(root.string, 0o700) == 0 || errno == EEXIST else { throw .cache(path: root.string, reason: Self.message(errno)) }
        var status = stat()
        guard (mayBeLink ? stat(root.string, &status) : lstat(root.string, &status)) == 0 else {
            throw .cache(path: root.string, reason: Self.message(errno))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .cache(path: root.string, reason: "it is no folder") }
        guard status.st_uid == geteuid() else { throw .cache(path: root.string, reason: "it belongs to another user") }
    }

    package var packages: CacheDirectory { CacheDirectory(root: root.appending("packages")) }
    package var code: FilePath { root.appending("code") }
    var blobs: StoreLocation { StoreLocation(root: root.appending("blobs")) }

    /// Makes a folder that is this task's alone, and removes what tasks that were killed have left.
    package func makeTaskFolder() throws(NodeFault) -> FilePath {
        let tasks = root.appending("tasks")
        sweep(tasks)
        _ = mkdir(tasks.string, 0o700)
        var template = Array(tasks.appending("\(getpid())-XXXXXX").string.utf8CString)
        guard mkdtemp(&template) != nil else { throw .cache(path: tasks.string, reason: Self.message(errno)) }
        return FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// Removes folders that nobody has touched for two days. A task that lives touches its own (`touch`): numbers of processes say
    /// nothing where containers share the cache.
    private func sweep(_ tasks: FilePath) {
        for folder in [tasks, root] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [] {
                guard folder == tasks || name.hasPrefix("draft-") else { continue }
                let path = folder.appending(name)
                var status = stat()
                guard lstat(path.string, &status) == 0, Int(time(nil)) - Int(status.st_mtim.tv_sec) > 2 * 86400 else { continue }
                Self.remove(path)
            }
        }
    }

    /// Says that the task of a folder lives.
    package static func touch(_ folder: FilePath) { _ = utimensat(AT_FDCWD, folder.string, nil, 0) }

    package static func remove(_ folder: FilePath) { try? FileManager.default.removeItem(atPath: folder.string) }

    static func message(_ code: Int32) -> String { String(cString: strerror(code)) }
}
