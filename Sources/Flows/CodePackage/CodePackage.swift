// CodePackage: which files belong to a flow, and the archive of them.
//
// Everything that a task needs besides its libraries is in one gzipped tar archive: the person's files at its root,
// laid out as they are beside the flow file; the SDK and modules that asked for it in `.mf_code/`; facts and locks in
// `.mf_meta/`. Start at `PackageContents`, which says what to pack, and `FlowPackage`, which knows the files and
// makes the archive.
//
// The archive depends on names and bytes alone: not on times, owners, the order of a directory, or permissions
// besides "executable". An unchanged tree gives the same bytes on every machine, so that its digest names the code of
// a run. What differs between machines for the same code (`PackageMetadata`, `GitCheckout`) stands beside it.
//
// What is left out and what is added: `PathPattern`, `IgnoreRules`, `DataFiles`. Files that nobody touched are not read again:
// `PackageFingerprint`, `KeptArchives`. What changed between two packages: `Comparing/`.
