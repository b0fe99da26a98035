extension LedgerMigration {
    /// Remote datastores, and what runs keep besides their artifacts.
    ///
    /// `run.remote` is the remote that a run was taken over from; null for one that ran here. `remote.writer` is the name of this ledger among those that write to that remote. `outbox` holds what a remote has not got yet: a batch of entries of a run as JSON lines, written in the transaction
    /// that records them here. `remote_blob` is what a remote is known to hold, and where: in a pack of its own, or by itself
    /// (`pack` is null). `seen_record` are the record objects of remotes that are in this ledger. `snapshot` names the blobs from which
    /// a run can be made again; `source` is the digest of what a wheel was built from.
    static let remotesAndSnapshots = LedgerMigration(
        statements: """
            ALTER TABLE run ADD COLUMN remote INTEGER;

            CREATE TABLE remote (
                id INTEGER PRIMARY KEY,
                address TEXT NOT NULL UNIQUE,
                writer TEXT NOT NULL);

            CREATE TABLE outbox (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                remote INTEGER NOT NULL,
                flow TEXT NOT NULL,
                run TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                entries BLOB NOT NULL);
            CREATE INDEX outbox_by_run ON outbox (remote, flow, run, id);

            CREATE TABLE remote_blob (
                remote INTEGER NOT NULL,
                digest BLOB NOT NULL,
                size INTEGER NOT NULL,
                codec INTEGER NOT NULL,
                pack TEXT,
                position INTEGER,
                length INTEGER,
                PRIMARY KEY (remote, digest)) WITHOUT ROWID;

            CREATE TABLE seen_record (
                remote INTEGER NOT NULL,
                flow TEXT NOT NULL,
                run TEXT NOT NULL,
                number INTEGER NOT NULL,
                PRIMARY KEY (remote, flow, run, number)) WITHOUT ROWID;

            CREATE TABLE snapshot (
                run INTEGER NOT NULL,
                digest BLOB NOT NULL,
                kind TEXT NOT NULL,
                name TEXT NOT NULL,
                source BLOB,
                PRIMARY KEY (run, digest, name)) WITHOUT ROWID;
            CREATE INDEX snapshot_by_source ON snapshot (source, run) WHERE source IS NOT NULL;
            """)
}
