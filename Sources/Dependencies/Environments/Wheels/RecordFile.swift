import Archives

/// One line of RECORD: a file, what its content hashes to, and its size.
struct RecordRow: Hashable, Sendable {
    var path: String
    /// `sha256=` and the digest in URL-safe base64 without padding; empty for RECORD itself.
    var hash: String
    /// In bytes.
    var size: UInt64?

    /// The line as CSV, with its line end.
    var line: String { "\(Self.field(path)),\(hash),\(size.map(String.init) ?? "")\n" }

    private static func field(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
                || byte == UInt8(ascii: "\r")
        }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}

/// The list of files that every wheel and every installed project carries: CSV of path, hash and size (the binary
/// distribution format, and PEP 376).
enum RecordFile {
    /// Reads the rows. Paths come back in normal form; a row whose path leads out of the wheel is an error.
    static func rows(_ bytes: [UInt8]) throws(WheelFault) -> [RecordRow] {
        var rows: [RecordRow] = []
        var reader = CSVReader(bytes)
        while let fields = reader.nextRow() {
            guard let path = fields.first, !path.isEmpty else { continue }
            let size = fields.count > 2 && !fields[2].isEmpty ? UInt64(fields[2]) : nil
            rows.append(RecordRow(path: try normal(path), hash: fields.count > 1 ? fields[1] : "", size: size))
        }
        return rows
    }

    /// The rows by path. A file that is there twice, and described differently, is an error.
    static func byPath(_ bytes: [UInt8]) throws(WheelFault) -> [String: RecordRow] {
        let rows = try rows(bytes)
        var result: [String: RecordRow] = Dictionary(minimumCapacity: rows.count)
        for row in rows {
            if let other = result.updateValue(row, forKey: row.path), other.hash != row.hash || other.size != row.size {
                throw .metadata(file: "RECORD", reason: "describes '\(row.path)' twice, and differently")
            }
        }
        return result
    }

    private static func normal(_ path: String) throws(WheelFault) -> String {
        do throws(ArchiveFault) {
            return try EntryPath(parsing: path).string
        } catch {
            throw .metadata(file: "RECORD", reason: "names '\(path.prefix(200))', which is no path in the wheel")
        }
    }
}

/// Reads comma-separated values as Python's `csv` module does by default.
private struct CSVReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The fields of the next line; `nil` at the end.
    mutating func nextRow() -> [String]? {
        guard position < bytes.count else { return nil }
        var fields: [String] = []
        while true {
            fields.append(nextField())
            guard position < bytes.count else { return fields }
            let separator = bytes[position]
            position += 1
            if separator == UInt8(ascii: ",") { continue }
            if separator == UInt8(ascii: "\r"), position < bytes.count, bytes[position] == UInt8(ascii: "\n") {
                position += 1
            }
            return fields
        }
    }

    // Stops before the comma or line end that follows.
    private mutating func nextField() -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let start = position
            while position < bytes.count, !Self.endsField(bytes[position]) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        var content: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte != UInt8(ascii: "\"") {
                content.append(byte)
            } else if position < bytes.count, bytes[position] == byte {
                content.append(byte)
                position += 1
            } else {
                break
            }
        }
        while position < bytes.count, !Self.endsField(bytes[position]) { position += 1 }
        return String(decoding: content, as: UTF8.self)
    }

    private static func endsField(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
}
