import Datastore
import Digests
import FlowModel
import FoundationEssentials
import GRDB

// How values stand in columns. Parsing back is strict: what no ledger writes is damage.

extension TaskID {
    /// A number where the id is the usual count, else the text.
    var column: DatabaseValue {
        let digits = text.utf8
        let isCount = digits.count <= 18 && !digits.isEmpty && (digits.first != UInt8(ascii: "0") || digits.count == 1)
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isCount, let count = Int64(text) else { return text.databaseValue }
        return count.databaseValue
    }

    init?(column value: DatabaseValue) {
        switch value.storage {
        case .int64(let count): self.init(String(count))
        case .string(let text): self.init(text)
        case .null, .double, .blob: return nil
        }
    }
}

extension SHA256Digest {
    var column: Data { Data(bytes) }
}

extension Row {
    func required<Value: DatabaseValueConvertible>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = Value.fromDatabaseValue(self[column] as DatabaseValue) else { throw unreadable(column) }
        return value
    }

    func optional<Value: DatabaseValueConvertible>(
        _ column: String, as type: Value.Type = Value.self
    ) throws -> Value? {
        let value: DatabaseValue = self[column]
        return value.isNull ? nil : try required(column)
    }

    func time(_ column: String) throws -> WallTime {
        WallTime(microseconds: try required(column))
    }

    func optionalTime(_ column: String) throws -> WallTime? {
        try optional(column, as: Int64.self).map(WallTime.init(microseconds:))
    }

    func task(_ column: String) throws -> TaskID {
        guard let id = TaskID(column: self[column]) else { throw unreadable(column) }
        return id
    }

    func optionalTask(_ column: String) throws -> TaskID? {
        let value: DatabaseValue = self[column]
        return value.isNull ? nil : try task(column)
    }

    func attempt(_ column: String) throws -> AttemptNumber {
        AttemptNumber(try required(column))
    }

    func digest(_ column: String) throws -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: try required(column, as: Data.self)) else { throw unreadable(column) }
        return digest
    }

    private func unreadable(_ column: String) -> DatabaseError {
        DatabaseError(resultCode: .SQLITE_CORRUPT, message: "column \(column) holds \(self[column] as DatabaseValue)")
    }
}
