import Archives
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The code package of a flow: its files, and the archive of them.
package struct FlowPackage: Sendable {
    /// Sorted by their places in the archive.
    package let files: [PackagedFile]
    /// The flow file, from the archive's root.
    package let script: String
    /// When the files were looked at, in nanoseconds since 1970.
    let lookedAt: Int64

    /// Finds the files; reads none of them. Blocks.
    package init(_ contents: PackageContents) throws(CodePackageError) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        lookedAt = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        var draft = PackageDraft(contents)
        try draft.addUserFiles()
        try draft.addSDK()
        for module in contents.modules { try draft.add(module) }
        for addition in contents.additions { try draft.add(addition) }
        for extra in contents.extras { try draft.addMeta(extra.path, extra.bytes) }
        try draft.addFacts()
        files = draft.files.values.sorted { $0.path < $1.path }
        script = contents.flowFile.lastComponent?.string ?? ""
    }

    /// The archive. The same files give the same bytes. Blocks; holds all of it in memory.
    package func archive() throws(CodePackageError) -> [UInt8] {
        try PackageArchive(files).bytes()
    }
}
