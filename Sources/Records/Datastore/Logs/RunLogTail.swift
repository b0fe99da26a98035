import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Lines that an attempt printed, with who printed them.
package struct RunLogLine: Sendable, Hashable {
    package var source: LogSource
    package var stream: LogStream
    package var line: LogLine

    package init(source: LogSource, stream: LogStream, line: LogLine) {
        self.source = source
        self.stream = stream
        self.line = line
    }
}

/// Reads the log of a run from its beginning on, all tasks in the order in which they printed, also while it grows.
package struct RunLogTail: Sendable {
    private struct Origin: Hashable {
        var source: LogSource
        var stream: LogStream
    }

    private let path: FilePath
    private var file: OpenFile?
    private var offset: Int64 = 0
    private var cutters: [Origin: LineCutter] = [:]
    private var notices: [LogSource: RedactionNotice] = [:]

    /// A run without a log reads as one that has printed nothing yet.
    package init(_ location: StoreLocation, flow: String, run: String) throws(DatastoreError) {
        path = try location.log(flow: flow, run: run)
    }

    /// The whole lines that were printed since the last call; never waits.
    ///
    /// - Parameter limit: about how many bytes of the file to look at; a call that returns nothing has seen its end.
    package mutating func next(limit: Int64 = 4 << 20) throws(DatastoreError) -> [RunLogLine] {
        guard let file = try opened() else { return [] }
        let end = try file.size()
        var lines: [RunLogLine] = []
        while lines.isEmpty, offset < end {
            let stop = min(end, offset + limit)
            var scan = LogScan(file: file, range: offset..<stop, end: end)
            while let (record, start) = try scan.next() {
                guard let task = try scan.task(of: record, at: start), let text = try scan.text(of: record, at: start)
                else { break }
                let source = LogSource(task: String(decoding: task, as: UTF8.self), attempt: record.attempt)
                lines += take(record, text, source)
            }
            if scan.position == offset { break }
            offset = scan.position
        }
        return lines
    }

    /// What stands after the last line break of each attempt and stream, once nothing more comes.
    package mutating func finish() -> [RunLogLine] {
        defer { cutters = [:] }
        return cutters.flatMap { origin, cutter in
            cutter.finish().map { RunLogLine(source: origin.source, stream: origin.stream, line: $0) }
        }.sorted { $0.line.at < $1.line.at }
    }

    private mutating func take(_ record: LogRecord, _ text: ArraySlice<UInt8>, _ source: LogSource) -> [RunLogLine] {
        let origin = Origin(source: source, stream: record.stream)
        let shown = record.isRedacted || notices[source] != nil
            ? notices[source, default: RedactionNotice()].shown(record, text) : text
        var cutter = cutters.removeValue(forKey: origin) ?? LineCutter()
        cutter.add(shown, to: record.stream, at: record.at)
        let lines = cutter.takeLines().map { RunLogLine(source: source, stream: record.stream, line: $0) }
        if cutter.hasOpenLine { cutters[origin] = cutter }
        return lines
    }

    private mutating func opened() throws(DatastoreError) -> OpenFile? {
        if let file { return file }
        do throws(DatastoreError) {
            file = try openFile(path, O_RDONLY)
        } catch {
            guard case .system(_, noSuchFile) = error.fault else { throw error }
        }
        return file
    }
}
