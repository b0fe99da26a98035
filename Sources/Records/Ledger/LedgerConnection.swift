import Datastore
import GRDB

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One connection to the ledger's file, brought to the newest format.
struct LedgerConnection: Sendable {
    let path: String
    private let queue: DatabaseQueue

    init(path: String, options: LedgerOptions) throws(LedgerError) {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(Double(options.patience.components.seconds))
        // The tables refer to each other by their keys; the writer keeps them consistent.
        configuration.foreignKeysEnabled = false
        configuration.label = "ledger"
        configuration.prepareDatabase { database in
            // In WAL mode this survives a killed process; a power cut may take the last commits, never the ledger.
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = \(options.checkpointPages)")
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw LedgerError(path: path, error)
        }
        let format = try access { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        try accept(format)
        if format < LedgerMigration.newestFormat { try migrate(patience: options.patience) }
    }

    /// Reads outside of a transaction: each statement sees what is committed when it begins.
    func access<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        do {
            return try queue.writeWithoutTransaction(body)
        } catch {
            throw LedgerError(path: path, error)
        }
    }

    /// Reads several statements' worth as of one moment.
    func snapshot<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try access { database in
            var value: Value?
            try database.inTransaction(.deferred) {
                value = try body(database)
                return .commit
            }
            guard let value else { throw DatabaseError(message: "no value was read") }
            return value
        }
    }

    /// Writes in one transaction.
    func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try access { database in
            var value: Value?
            try database.inTransaction(.immediate) {
                value = try body(database)
                return .commit
            }
            guard let value else { throw DatabaseError(message: "nothing was written") }
            return value
        }
    }

    func settle() throws(LedgerError) {
        var status = stat()
        // A mebibyte is read back in about a millisecond.
        guard stat(path + "-wal", &status) == 0, status.st_size > 1 << 20 else { return }
        try access { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    private func accept(_ format: Int) throws(LedgerError) {
        let known = LedgerMigration.newestFormat
        if format > known { throw LedgerError(path: path, .newer(format: format, known: known)) }
    }

    private func migrate(patience: Duration) throws(LedgerError) {
        try enterWAL(patience: patience)
        try write { database in
            // Another process may have been here since.
            let format = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            try accept(format)
            for (position, migration) in LedgerMigration.all.enumerated().dropFirst(format) {
                try database.execute(sql: migration.statements)
                try database.execute(
                    sql: "INSERT INTO migration (format, applied_at) VALUES (?, ?)",
                    arguments: [position + 1, WallTime.now().microseconds])
                try database.execute(sql: "PRAGMA user_version = \(position + 1)")
            }
        }
    }

    /// The file remembers its mode. SQLite does not wait for others here, so this does.
    private func enterWAL(patience: Duration) throws(LedgerError) {
        let deadline = ContinuousClock.now + patience
        while true {
            do throws(LedgerError) {
                let mode = try access { try String.fetchOne($0, sql: "PRAGMA journal_mode = WAL") }
                if mode == "wal" { return }
                throw LedgerError(path: path, .system("the file system does not support write-ahead logging"))
            } catch {
                guard error.fault == .busy, ContinuousClock.now < deadline else { throw error }
            }
        }
    }
}

extension LedgerError {
    /// Words for what SQLite said.
    init(path: String, _ error: any Error) {
        self.init(path: path, Self.fault(of: error))
    }

    private static func fault(of error: any Error) -> LedgerFault {
        if let error = error as? LedgerError { return error.fault }
        guard let error = error as? DatabaseError else { return .system(String(describing: error)) }
        let message = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .damaged(message)
        default: return .system(message)
        }
    }
}
