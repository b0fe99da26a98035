/// What a ledger is opened for.
package enum LedgerMode: Sendable, Hashable {
    /// Made where it is missing.
    case write
    /// Must exist already. Tags may still be changed.
    case read
}

/// How a ledger works; the defaults fit a project's folder.
package struct LedgerOptions: Sendable, Hashable {
    /// How long to wait for other processes. Default: 20 s.
    package var patience: Duration = .seconds(20)
    /// Pages of 4 KiB in the write-ahead log above which a commit moves them to the ledger. Default: 8192.
    package var checkpointPages: Int = 8192

    package init() {}
}
