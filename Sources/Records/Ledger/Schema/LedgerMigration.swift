/// A change of the ledger's tables. Once released, one is never edited: the next change is another entry of `all`.
struct LedgerMigration: Sendable {
    let statements: String

    /// In order; the format of a ledger (`PRAGMA user_version`) is the number of those applied.
    static let all: [LedgerMigration] = [firstTables, clonesAndCards, remotesAndSnapshots]

    static var newestFormat: Int { all.count }
}
