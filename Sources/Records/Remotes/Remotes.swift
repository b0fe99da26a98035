// Remotes: what of a project is kept elsewhere too, and comes back from there.
//
// A remote is an `ObjectStore` in which the runs of any number of projects are kept (`RemoteLayout` says under which names).
// The project's folder stays the working store. What the ledger commits goes to its outbox in the same transaction;
// `RunPublication` sends it: first blobs and logs, then the record that mentions them, so that a remote never says what it does
// not hold. `RecordImporter` takes records over that others have written, `RemoteBlobs` and `RemoteLogs` fetch what they speak
// of when somebody wants it.
//
// Records are only ever added, each under the next number of its run; who puts one first wins the number (`ifAbsent`).
