import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that gets its name when it is complete, and leaves nothing behind when the process dies before.
///
/// Where the file system has files without a name (`O_TMPFILE`), it is one until `publish`. Elsewhere it has a name in
/// `staging` and is locked as long as it is written; `StagingSweep` removes those that nobody locks.
struct NewFile: ~Copyable {
    let file: OpenFile
    private let temporaryName: FilePath?

    /// - Parameters:
    ///   - folder: the staging folder, on the file system of the final name.
    ///   - unnamed: whether it may be a file without a name.
    init(in folder: FilePath, unnamed: Bool = true) throws(DatastoreError) {
        if unnamed, let unnamed = try Self.openUnnamed(in: folder) {
            file = unnamed
            temporaryName = nil
            return
        }
        (file, temporaryName) = try Self.openLocked(in: folder)
    }

    deinit {
        if let temporaryName { unlink(temporaryName.string) }
    }

    /// Gives the file its name, in place of one that is there already.
    consuming func publish(as name: FilePath) throws(DatastoreError) {
        if let temporaryName {
            _ = try calling("rename", name) { rename(temporaryName.string, name.string) }
        } else {
            try linkUnnamed(file.descriptor, as: name, staging: file.path.removingLastComponent())
        }
    }

    /// A file without a name, for reading and writing; `nil` where there is no such thing.
    private static func openUnnamed(in folder: FilePath) throws(DatastoreError) -> OpenFile? {
        #if os(Linux)
        guard canBeNamed else { return nil }
        // The value of O_TMPFILE, which the importer of C macros does not know.
        let flags = O_RDWR | O_CLOEXEC | O_DIRECTORY | 0o20000000
        let descriptor = open(folder.string, flags, 0o644)
        if descriptor >= 0 { return OpenFile(owning: descriptor, path: folder.appending("(unnamed)")) }
        switch errno {
        case EOPNOTSUPP, EISDIR, EINVAL, ENOTSUP: return nil
        case let code: throw DatastoreError(path: folder.string, .system(operation: "open", code: code))
        }
        #else
        return nil
        #endif
    }

    #if os(Linux)
    /// Naming such a file goes through `/proc`.
    private static let canBeNamed = access("/proc/self/fd", X_OK) == 0
    #endif

    private static func openLocked(in folder: FilePath) throws(DatastoreError) -> (OpenFile, FilePath) {
        while true {
            let name = folder.appending("new-\(randomHex())")
            let file = try openFile(name, O_RDWR | O_CREAT | O_EXCL)
            _ = try calling("flock", name) { flock(file.descriptor, LOCK_EX) }
            var status = stat()
            _ = try calling("fstat", name) { fstat(file.descriptor, &status) }
            // A sweep may have come between the two calls; then the name is gone.
            if status.st_nlink > 0 { return (file, name) }
        }
    }
}

/// Links a file without a name into the file system, in place of one that is there already.
///
/// - Parameter staging: a folder of the same file system, for a name on the way.
func linkUnnamed(_ descriptor: Int32, as name: FilePath, staging: FilePath) throws(DatastoreError) {
    let source = "/proc/self/fd/\(descriptor)"
    if linkat(AT_FDCWD, source, AT_FDCWD, name.string, AT_SYMLINK_FOLLOW) == 0 { return }
    guard errno == EEXIST else { throw DatastoreError(path: name.string, .system(operation: "linkat", code: errno)) }
    let temporary = staging.appending("new-\(randomHex())")
    _ = try calling("linkat", temporary) { linkat(AT_FDCWD, source, AT_FDCWD, temporary.string, AT_SYMLINK_FOLLOW) }
    _ = try calling("rename", name) { rename(temporary.string, name.string) }
}

/// 64 random bits as 16 digits.
func randomHex() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
