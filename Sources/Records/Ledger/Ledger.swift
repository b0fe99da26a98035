// Ledger: what happened: runs, tasks, attempts, artifacts, tags, metadata and the places of blobs.
//
// One SQLite file in WAL mode for a project's folder (docs/architecture.md, decision 5); nobody but this room knows
// its tables, and only this room imports GRDB. Start at `RunLedger`: `commit` writes a batch of `LedgerEntry` values
// in one transaction, the rest reads. Several engines and readers may use one ledger at once; each has its own
// `RunLedger`.
//
// Order of writing, for whoever drives a run: make the `RunLogWriter`, commit `.runBegan`; store blobs, then commit
// the entries that mention them. An engine that is killed between the two leaves bytes that nobody mentions, never
// the reverse.
//
// Artifacts are inherited by reference: an attempt names the attempt whose artifacts it has beside its own, so that a
// foreach of 10,000 tasks with 20 inherited artifacts does not write 200,000 rows. Metadata that is the same for
// every task of a run is recorded once with the run.
