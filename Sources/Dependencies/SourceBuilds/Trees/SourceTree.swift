import Archives
import Environments
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The files of a source on the disk, where hooks can be run among them.
package struct SourceTree: Sendable {
    /// The folder of the project.
    let project: FilePath
    /// The folder that goes when the tree is not needed any more; `nil` for folders of the person.
    let owned: FilePath?

    /// Removes what was made for the tree.
    func remove() async {
        guard let owned else { return }
        await BlockingWork.run { FileTree.remove(owned) }
    }

    /// The folder of a project below a root that others have filled: it must not lead out. Blocks.
    package static func project(
        in root: FilePath, subdirectory: String?, what: String
    ) throws(SourceBuildError) -> FilePath {
        guard let subdirectory, !subdirectory.isEmpty, subdirectory != "." else { return root }
        guard let path = try? EntryPath(parsing: subdirectory) else {
            throw .notAProject(
                what: what, reason: "the subdirectory '\(subdirectory)' leads out of it",
                help: "write a path below the top of the source")
        }
        let folder = root.pushing(FilePath(path.string))
        guard let real = realPath(folder), let realRoot = realPath(root), real.starts(with: realRoot), isFolder(real) else {
            throw .notAProject(
                what: what, reason: "it has no folder '\(subdirectory)'", help: "check what stands behind 'subdirectory='")
        }
        return real
    }

    static func isFolder(_ path: FilePath) -> Bool {
        var status = stat()
        return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func realPath(_ path: FilePath) -> FilePath? {
        guard let real = realpath(path.string, nil) else { return nil }
        defer { free(real) }
        return FilePath(String(cString: real))
    }
}
