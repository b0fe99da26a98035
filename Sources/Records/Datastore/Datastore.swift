// Datastore: where the bytes of runs are kept.
//
// Everything lies below one folder, `.penstock` (`StoreLocation`):
//
//     ledger.sqlite     what happened (the Ledger room's)
//     blobs/ab/<hex>    one large blob, plain; `<hex>.zst` when compressed: standard tools can read both
//     packs/*.pack      small blobs, one after the other; one file for each process that wrote some
//     logs/<Flow>/<run>.log   what the tasks of a run printed
//     staging/          unlinked files of running tasks; empty to the eye
//
// Start at `BlobStore` (bytes in, SHA-256 out) and at `RunLogWriter` and `RunLogReader`. Three facts hold at any
// moment, also when a process is killed: a file has its final name only when it is complete; what a `StoredBlob`
// points to was written before the `StoredBlob` was returned, and is never written again; and bytes that do not have
// the digest they are stored under are reported, never returned. A pack may end in a torn record, to which nothing
// points.
//
// The calls block: use them from a thread of their own, not from Swift's cooperative pool.
