import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes the log of one run, and is the sign that the run's engine lives.
///
/// The file is locked (`flock`) from the first moment to the last, and the lock goes with the process whatever ends it:
/// `RunLogReader.isBeingWritten` tells a run that goes on from one whose engine died. Make the writer before the run is
/// recorded in the ledger, keep it until the end is recorded, and let no child process inherit descriptors.
package final class RunLogWriter: Sendable {
    private let file: OpenFile
    // A lock rather than an actor: callers are blocking threads, and each holds it for one short append.
    private let position: Mutex<Int64>

    /// Makes the log of a run and locks it.
    ///
    /// - Parameter isGoneOnWith: whether another engine wrote it and died: a record that it left unfinished is cut off.
    /// - Throws: `.inUse` when another process writes it.
    package init(
        _ location: StoreLocation, flow: String, run: String, isGoneOnWith: Bool = false
    ) throws(DatastoreError) {
        let path = try location.log(flow: flow, run: run)
        try makeFolder(path.removingLastComponent())
        file = try openFile(path, O_RDWR | O_CREAT)
        guard Self.lock(file.descriptor) else { throw DatastoreError(path: path.string, .inUse) }
        var end = try file.size()
        if isGoneOnWith {
            var scan = LogScan(file: file, range: 0..<Int64.max, end: end)
            while try scan.next() != nil {}
            end = scan.position
            guard ftruncate(file.descriptor, off_t(end)) == 0 else { throw DatastoreError(path: path.string, .system(operation: "ftruncate", code: errno)) }
        }
        position = Mutex(end)
    }

    /// Where the next piece will stand: kept in the ledger as the beginning and the end of an attempt's part.
    package var end: Int64 { position.withLock { $0 } }

    /// Appends what an attempt printed. Readers see it at once.
    package func append(
        _ text: [UInt8], from source: LogSource, stream: LogStream, at: WallTime
    ) throws(DatastoreError) {
        var rest = text[...]
        var bytes: [UInt8] = []
        // Pieces of at most a mebibyte bound what a reader has to hold.
        while !rest.isEmpty {
            bytes += LogRecord.bytes(rest.prefix(1 << 20), from: source, stream, at: at)
            rest = rest.dropFirst(1 << 20)
        }
        if bytes.isEmpty { return }
        let written: Result<Void, DatastoreError> = position.withLock { end in
            do throws(DatastoreError) {
                try file.write(bytes, at: end)
                end += Int64(bytes.count)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try written.get()
    }

    /// A reader that asks whether the log is being written holds the lock for an instant: try again for a while.
    private static func lock(_ descriptor: Int32) -> Bool {
        for _ in 0..<200 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            if errno != EWOULDBLOCK, errno != EINTR { return false }
            usleep(5000)
        }
        return false
    }
}
