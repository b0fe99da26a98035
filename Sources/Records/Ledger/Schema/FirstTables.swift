extension LedgerMigration {
    /// Moments are microseconds since 1970, digests 32 bytes. Task ids that are numbers are kept as numbers: rows of
    /// a run then stand in the order in which the scheduler made them. Tables of tasks have no row ids, so that a row
    /// costs one place in one tree and a writer has no ids to remember.
    static let firstTables = LedgerMigration(
        statements: """
            CREATE TABLE migration (
                format INTEGER PRIMARY KEY,
                applied_at INTEGER NOT NULL);

            CREATE TABLE run (
                id INTEGER PRIMARY KEY,
                flow TEXT NOT NULL,
                name TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                finished_at INTEGER,
                succeeded INTEGER NOT NULL DEFAULT 0,
                username TEXT NOT NULL,
                origin_run TEXT,
                end_task,
                metadata TEXT NOT NULL,
                code_digest BLOB,
                code_script TEXT,
                code_metadata TEXT,
                UNIQUE (flow, name));
            CREATE INDEX run_by_age ON run (flow, created_at, id);

            CREATE TABLE tag (
                run INTEGER NOT NULL,
                is_system INTEGER NOT NULL,
                tag TEXT NOT NULL,
                PRIMARY KEY (run, is_system, tag)) WITHOUT ROWID;
            CREATE INDEX run_by_tag ON tag (tag, run);

            CREATE TABLE step (
                run INTEGER NOT NULL,
                name TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                PRIMARY KEY (run, name)) WITHOUT ROWID;

            CREATE TABLE task (
                run INTEGER NOT NULL,
                id NOT NULL,
                step TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                split_index INTEGER,
                frames TEXT NOT NULL,
                inputs TEXT NOT NULL,
                origin_run TEXT,
                origin_task,
                PRIMARY KEY (run, id)) WITHOUT ROWID;
            CREATE INDEX task_by_step ON task (run, step, id);

            CREATE TABLE attempt (
                run INTEGER NOT NULL,
                task NOT NULL,
                number INTEGER NOT NULL,
                started_at INTEGER NOT NULL,
                finished_at INTEGER,
                succeeded INTEGER NOT NULL DEFAULT 0,
                exit_status INTEGER,
                transition TEXT,
                exception TEXT,
                log_start INTEGER NOT NULL,
                log_end INTEGER,
                base_run INTEGER,
                base_task,
                base_number INTEGER,
                depth INTEGER NOT NULL,
                PRIMARY KEY (run, task, number)) WITHOUT ROWID;

            CREATE TABLE artifact (
                run INTEGER NOT NULL,
                task NOT NULL,
                attempt INTEGER NOT NULL,
                name TEXT NOT NULL,
                digest BLOB NOT NULL,
                size INTEGER NOT NULL,
                type TEXT NOT NULL,
                encoding TEXT NOT NULL,
                is_own INTEGER NOT NULL,
                PRIMARY KEY (run, task, attempt, name)) WITHOUT ROWID;

            CREATE TABLE metadata (
                run INTEGER NOT NULL,
                task NOT NULL,
                attempt INTEGER NOT NULL,
                part INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                items TEXT NOT NULL,
                PRIMARY KEY (run, task, attempt, part)) WITHOUT ROWID;

            CREATE TABLE pack (
                id INTEGER PRIMARY KEY,
                name TEXT NOT NULL UNIQUE);

            CREATE TABLE blob (
                digest BLOB PRIMARY KEY,
                size INTEGER NOT NULL,
                codec INTEGER NOT NULL,
                pack INTEGER,
                position INTEGER,
                length INTEGER) WITHOUT ROWID;
            """)
}
