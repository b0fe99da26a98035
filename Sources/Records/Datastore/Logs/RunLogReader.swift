import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads the log of a run, also while it is written.
package struct RunLogReader: Sendable {
    private let file: OpenFile?
    private let path: FilePath

    /// A run without a log reads as one that printed nothing.
    package init(_ location: StoreLocation, flow: String, run: String) throws(DatastoreError) {
        path = try location.log(flow: flow, run: run)
        do throws(DatastoreError) {
            file = try openFile(path, O_RDONLY)
        } catch {
            guard case .system(_, noSuchFile) = error.fault else { throw error }
            file = nil
        }
    }

    /// Whether an engine that writes this run is alive, on this machine.
    package static func isBeingWritten(_ location: StoreLocation, flow: String, run: String) -> Bool {
        guard let reader = try? RunLogReader(location, flow: flow, run: run), let file = reader.file else { return false }
        return flock(file.descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// What an attempt printed to one stream.
    ///
    /// - Parameter range: the part of the file to look at, from the ledger; to the end of the file without one.
    package func text(
        from source: LogSource, stream: LogStream, in range: Range<Int64>? = nil
    ) throws(DatastoreError) -> [UInt8] {
        var text: [UInt8] = []
        var notice = RedactionNotice()
        try forEachPiece(from: source, in: range) { piece, bytes in
            if piece.stream == stream { text += notice.shown(piece, bytes) }
        }
        return text
    }

    /// What an attempt printed, as lines with their times; of both streams, by time, when none is named.
    package func lines(
        from source: LogSource, stream: LogStream? = nil, in range: Range<Int64>? = nil
    ) throws(DatastoreError) -> [LogLine] {
        var cutter = LineCutter()
        var notice = RedactionNotice()
        try forEachPiece(from: source, in: range) { piece, bytes in
            guard stream == nil || piece.stream == stream else { return }
            cutter.add(notice.shown(piece, bytes), to: piece.stream, at: piece.at)
        }
        return cutter.finish()
    }

    /// How many bytes each attempt has printed to each stream.
    package func sizes() throws(DatastoreError) -> [LogSource: [LogStream: Int64]] {
        guard let file else { return [:] }
        var sizes: [LogSource: [LogStream: Int64]] = [:]
        var scan = LogScan(file: file, range: 0..<Int64.max, end: try file.size())
        while let (record, start) = try scan.next() {
            guard let task = try scan.task(of: record, at: start) else { continue }
            let source = LogSource(task: String(decoding: task, as: UTF8.self), attempt: record.attempt)
            sizes[source, default: [:]][record.stream, default: 0] += Int64(record.textLength)
        }
        return sizes
    }

    /// Reads the log to its end.
    ///
    /// - Throws: `.damagedLog` when it holds something that no engine wrote. A record that is cut off ends a log.
    package func verify() throws(DatastoreError) {
        guard let file else { return }
        var scan = LogScan(file: file, range: 0..<Int64.max, end: try file.size())
        while try scan.next() != nil {}
    }

    private func forEachPiece(
        from source: LogSource, in range: Range<Int64>?, _ body: (LogRecord, ArraySlice<UInt8>) -> Void
    ) throws(DatastoreError) {
        guard let file else { return }
        var scan = LogScan(file: file, range: range ?? 0..<Int64.max, end: try file.size())
        let task = Array(source.task.utf8.prefix(250))
        while let (piece, text) = try scan.next(ofTask: task, attempt: source.attempt) { body(piece, text) }
    }
}
