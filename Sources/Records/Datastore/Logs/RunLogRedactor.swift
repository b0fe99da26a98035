import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Takes text out of the log of a run, for good: what attempts printed is overwritten with zeros, and readers show a
/// notice in its place. Also while the run goes on, as its engine only appends.
package struct RunLogRedactor: Sendable {
    private let file: OpenFile?

    /// A run without a log has nothing to take out.
    package init(_ location: StoreLocation, flow: String, run: String) throws(DatastoreError) {
        let path = try location.log(flow: flow, run: run)
        do throws(DatastoreError) {
            file = try openFile(path, O_RDWR)
        } catch {
            guard case .system(_, noSuchFile) = error.fault else { throw error }
            file = nil
        }
    }

    /// Takes out what an attempt has printed to these streams so far. When this returns, the disk has it.
    ///
    /// - Parameter range: the part of the file to look at, from the ledger.
    package func redact(
        _ source: LogSource, streams: Set<LogStream>, in range: Range<Int64>
    ) throws(DatastoreError) {
        guard let file else { return }
        let task = Array(source.task.utf8.prefix(250))
        var scan = LogScan(file: file, range: range, end: try file.size())
        while let (record, start) = try scan.next() {
            guard record.attempt == Int(UInt8(clamping: source.attempt)), streams.contains(record.stream),
                !record.isRedacted, let name = try scan.task(of: record, at: start), name.elementsEqual(task)
            else { continue }
            let code = [record.stream.rawValue | LogRecord.redacted]
            // The mark comes first: a reader never sees text that is half zeros.
            try file.write(code, at: start + Int64(LogRecord.streamOffset))
            let textStart = start + Int64(LogRecord.headerSize + record.taskLength)
            try file.write([UInt8](repeating: 0, count: record.textLength), at: textStart)
        }
        _ = try calling("fdatasync", file.path) { fdatasync(file.descriptor) }
    }
}
