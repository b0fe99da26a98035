import Archives
import Datastore
import Digests
import FoundationEssentials
import PackageSources
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The code package of a run in the node's cache, unpacked once for all tasks of the node.
package struct NodeCode: Sendable {
    package let folder: FilePath

    /// Unpacks it where that was not done before.
    package init(of job: NodeJob, in cache: NodeCache, _ blobs: NodeBlobs) async throws {
        let digest = job.group.code.digest
        let folder = cache.code.appending(digest.hex)
        self.folder = folder
        if access(folder.string, F_OK) == 0 { return }
        let lock = try await cache.packages.lock("code \(digest)")
        defer { lock.release() }
        if access(folder.string, F_OK) == 0 { return }
        let archive = try await blobs.read(job.group.code)
        try await BlockingWork.run { try Self.unpack(archive, to: folder) }
    }

    private static func unpack(_ archive: [UInt8], to folder: FilePath) throws {
        let name = "the code package"
        let tar = TarReader(try Gzip.decompress(archive, name: name), name: name)
        let parent = folder.removingLastComponent()
        _ = mkdir(parent.string, 0o700)
        // Whoever was killed while unpacking has left this one; nobody else has the lock.
        let draft = parent.appending(".new-" + (folder.lastComponent?.string ?? ""))
        NodeCache.remove(draft)
        try tar.extractAll(into: draft)
        guard rename(draft.string, folder.string) == 0 else {
            throw NodeFault.cache(path: folder.string, reason: NodeCache.message(errno))
        }
    }

    /// Where modules lie that are not the person's: the SDK among them.
    package var modules: FilePath { folder.appending(".mf_code") }
    /// The script that starts worker hosts.
    package var entry: FilePath { modules.appending("penstock").appending("_worker.py") }
    /// Where the locks of environments lie, and where paths in them begin.
    package var locks: FilePath { folder.appending(".mf_meta").appending("locks") }

    /// The flow file.
    package func script(_ name: String) throws(NodeFault) -> FilePath {
        let path = folder.pushing(FilePath(name)).lexicallyNormalized()
        guard path.starts(with: folder), access(path.string, R_OK) == 0 else { throw .noFlow(script: name) }
        return path
    }

    /// Makes a working folder in which the files of the package are found by their names, as those beside a flow are; what a task
    /// writes there is its own.
    package func makeWorkingFolder(at path: FilePath) throws(NodeFault) {
        guard mkdir(path.string, 0o700) == 0 else { throw .cache(path: path.string, reason: NodeCache.message(errno)) }
        for name in names(in: folder) { _ = symlink(folder.appending(name).string, path.appending(name).string) }
    }

    /// Brings a working folder back to how it was made, for the next task: it stays the same folder.
    ///
    /// - Throws: when something of the task before cannot be removed.
    package func restoreWorkingFolder(at path: FilePath) throws(NodeFault) {
        var missing = Set(names(in: folder))
        for name in names(in: path) {
            let (file, original) = (path.appending(name), folder.appending(name))
            if missing.contains(name), Self.isLink(file, to: original) { missing.remove(name) } else { NodeCache.remove(file) }
        }
        for name in missing { _ = symlink(folder.appending(name).string, path.appending(name).string) }
        guard names(in: path).count == names(in: folder).count else {
            throw .cache(path: path.string, reason: "what a task has left there cannot be removed")
        }
    }

    private func names(in folder: FilePath) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [] }

    private static func isLink(_ file: FilePath, to original: FilePath) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: file.string)) == original.string
    }
}
