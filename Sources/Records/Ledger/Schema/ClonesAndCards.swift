extension LedgerMigration {
    /// Resumed and spun runs, rounds of steps that go to themselves, cards.
    ///
    /// A clone is an attempt that has the artifacts of its base as its own; `caught` tells that `@catch` made a success of
    /// an exception. `run.kind` is 1 for a spun task
    /// (`RunKind`); `run.configuration` holds the configs of the run as JSON, so that a resumed one need not ask a Python
    /// for them. `card.part` counts the cards of an attempt in the order in which they came.
    static let clonesAndCards = LedgerMigration(
        statements: """
            ALTER TABLE run ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE run ADD COLUMN configuration TEXT;
            ALTER TABLE task ADD COLUMN iteration INTEGER;
            ALTER TABLE attempt ADD COLUMN is_clone INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE attempt ADD COLUMN caught INTEGER NOT NULL DEFAULT 0;

            CREATE TABLE card (
                run INTEGER NOT NULL,
                task NOT NULL,
                attempt INTEGER NOT NULL,
                part INTEGER NOT NULL,
                type TEXT NOT NULL,
                id TEXT,
                hash TEXT NOT NULL,
                digest BLOB NOT NULL,
                size INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                PRIMARY KEY (run, task, attempt, part)) WITHOUT ROWID;

            CREATE TABLE card_data (
                run INTEGER NOT NULL,
                task NOT NULL,
                attempt INTEGER NOT NULL,
                type TEXT NOT NULL,
                id TEXT NOT NULL,
                digest BLOB NOT NULL,
                created_at INTEGER NOT NULL,
                PRIMARY KEY (run, task, attempt, type, id)) WITHOUT ROWID;
            """)
}
