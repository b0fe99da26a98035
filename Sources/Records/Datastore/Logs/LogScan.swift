import SystemPackage

/// Walks through the records of a log.
struct LogScan {
    private let file: OpenFile
    private let stop: Int64
    private let end: Int64
    private var offset: Int64
    /// A stretch of the file, so that a record does not cost a call each.
    private var window: [UInt8] = []
    private var windowStart: Int64 = 0

    /// - Parameter end: the size of the file; what is written meanwhile is left to the next reader.
    init(file: OpenFile, range: Range<Int64>, end: Int64) {
        self.file = file
        self.end = end
        stop = min(range.upperBound, end)
        offset = max(range.lowerBound, 0)
    }

    /// The next record of that attempt with its text; `nil` at the end. A record that is cut off ends the log.
    mutating func next(
        ofTask task: [UInt8], attempt: Int
    ) throws(DatastoreError) -> (LogRecord, ArraySlice<UInt8>)? {
        while let (record, start) = try nextHeader() {
            if record.attempt != Int(UInt8(clamping: attempt)) || record.taskLength != task.count { continue }
            let bodyStart = start + Int64(LogRecord.headerSize)
            guard let name = try bytes(at: bodyStart, count: task.count), name.elementsEqual(task) else { continue }
            guard let text = try text(of: record, at: start) else { return nil }
            return (record, text)
        }
        return nil
    }

    /// The next record whatever it is of, with where it stands; `nil` at the end, or where a record is not whole yet.
    mutating func next() throws(DatastoreError) -> (record: LogRecord, start: Int64)? {
        try nextHeader()
    }

    /// The end of the last whole record.
    var position: Int64 { offset }

    /// The id of the task that a record belongs to.
    mutating func task(of record: LogRecord, at start: Int64) throws(DatastoreError) -> ArraySlice<UInt8>? {
        try bytes(at: start + Int64(LogRecord.headerSize), count: record.taskLength)
    }

    mutating func text(of record: LogRecord, at start: Int64) throws(DatastoreError) -> ArraySlice<UInt8>? {
        try bytes(at: start + Int64(LogRecord.headerSize + record.taskLength), count: record.textLength)
    }

    private mutating func nextHeader() throws(DatastoreError) -> (LogRecord, Int64)? {
        guard offset < stop, let header = try bytes(at: offset, count: LogRecord.headerSize) else { return nil }
        let start = offset
        guard let record = LogRecord(header: header) else {
            throw DatastoreError(path: file.path.string, .damagedLog(offset: start))
        }
        let next = start + Int64(LogRecord.headerSize + record.bodySize)
        guard next <= end else { return nil }
        offset = next
        return (record, start)
    }

    private mutating func bytes(at start: Int64, count: Int) throws(DatastoreError) -> ArraySlice<UInt8>? {
        if count == 0 { return [] }
        if start < windowStart || start + Int64(count) > windowStart + Int64(window.count) {
            guard start + Int64(count) <= end else { return nil }
            window = try file.read(count: max(count, Int(min(64 << 10, end - start))), at: start)
            windowStart = start
            guard window.count >= count else { return nil }
        }
        let first = Int(start - windowStart)
        return window[first..<first + count]
    }
}
