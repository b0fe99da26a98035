import CSQLiteSettings
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
    private let options: LedgerOptions
    private let queue: DatabaseQueue

    init(path: String, options: LedgerOptions) throws(LedgerError) {
        self.path = path
        self.options = options
        var configuration = Configuration()
        configuration.busyMode = .timeout(Double(options.patience.milliseconds) / 1000)
        // The tables refer to each other by their keys; the writer keeps them consistent.
        configuration.foreignKeysEnabled = false
        configuration.label = "ledger"
        configuration.prepareDatabase { database in
            // In WAL mode this survives a killed process; a power cut may take the last commits, never the ledger.
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = \(options.checkpointPages)")
            // Closing would wait for the disk four times, more than a small run costs; `settle` sees to the log.
            if let connection = database.sqliteConnection {
                _ = penstock_keep_log_on_close(UnsafeMutableRawPointer(connection))
            }
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw LedgerError(path: path, error)
        }
        let format = try access { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        try accept(format)
        if format < LedgerMigration.newestFormat { try migrate(from: format) }
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
        try transaction(.deferred, body)
    }

    /// Writes in one transaction.
    func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try transaction(.immediate, body)
    }

    /// Writes in one transaction that the disk has when this returns: for records that go before files do.
    func writeDurably<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try access { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        defer { try? access { try $0.execute(sql: "PRAGMA synchronous = NORMAL") } }
        return try transaction(.immediate, body)
    }

    private func transaction<Value>(
        _ kind: Database.TransactionKind, _ body: (Database) throws -> Value
    ) throws(LedgerError) -> Value {
        try access { database in
            var result: Result<Value, any Error>?
            try database.inTransaction(kind) {
                result = .success(try body(database))
                return .commit
            }
            guard let result else { throw DatabaseError(message: "the transaction did not run") }
            return try result.get()
        }
    }

    /// Moves the content of the write-ahead log to the ledger's file when it is much. Never waits for other processes:
    /// they will do it.
    ///
    /// - Parameter size: bytes that are left alone. A mebibyte is read back in about a millisecond.
    func settle(beyond size: Int) throws(LedgerError) {
        var status = stat()
        guard stat(path + "-wal", &status) == 0, status.st_size > size else { return }
        try access { database in
            try database.execute(sql: "PRAGMA busy_timeout = 0")
            defer { try? database.execute(sql: "PRAGMA busy_timeout = \(options.patience.milliseconds)") }
            // Whether it could is in a row of the answer, which nobody needs.
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    private func accept(_ format: Int) throws(LedgerError) {
        let known = LedgerMigration.newestFormat
        if format > known { throw LedgerError(path: path, .newer(format: format, known: known)) }
    }

    private func migrate(from format: Int) throws(LedgerError) {
        // A new file has nothing to lose, so nothing waits for the disk.
        if format == 0 { try access { try $0.execute(sql: "PRAGMA synchronous = OFF") } }
        try enterWAL()
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
        try access { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
    }

    /// The file remembers its mode. SQLite does not wait for others here, so this does.
    private func enterWAL() throws(LedgerError) {
        let deadline = ContinuousClock.now + options.patience
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

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
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
