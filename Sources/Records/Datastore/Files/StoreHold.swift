import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Who may store and who may collect: processes that put blobs hold the store together, one that removes some holds it
/// alone.
///
/// An engine takes a blob that it finds for stored, and records it later: nothing may go in between. The hold ends with the
/// value, or with the process whatever ends it.
package final class StoreHold: Sendable {
    private let file: OpenFile

    private init(_ file: OpenFile) {
        self.file = file
    }

    /// Holds the store together with others; waits while one process holds it alone.
    static func shared(_ location: StoreLocation) throws(DatastoreError) -> StoreHold {
        let file = try open(location)
        _ = try calling("flock", location.writers) { flock(file.descriptor, LOCK_SH) }
        return StoreHold(file)
    }

    /// Holds the store alone; `nil` while others store in it.
    package static func alone(_ location: StoreLocation) throws(DatastoreError) -> StoreHold? {
        let file = try open(location)
        while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EWOULDBLOCK: return nil
            case EINTR: continue
            case let code: throw DatastoreError(path: location.writers.string, .system(operation: "flock", code: code))
            }
        }
        return StoreHold(file)
    }

    private static func open(_ location: StoreLocation) throws(DatastoreError) -> OpenFile {
        try openFile(location.writers, O_RDWR | O_CREAT, mode: 0o666)
    }
}
