// Lockfiles: locks as values, read from and written to `pylock.toml` (PEP 751), and the locks of other tools.
//
// Start at `PyLock`: what is to be installed, on how many targets soever. `PyLock(parsing:file:)` reads, `PyLock.text`
// writes; the same value always gives the same bytes. `PyLock.selection(for:…)` says what one target installs.
// `PyLock.digest` names what the lock installs, and with the interpreter's identity it is the address of an environment.
//
// What a lock answers stands in `LockOrigin`, Penstock's own table in it; `PyLock.differences(from:)` says in words why it
// is out of date. Locks for several targets are made in Resolution (`PyLock(_:answering:in:)`, `PyLock(merging:)`), since
// that knows the targets.
//
// Everything that the format has a word for is read, kept and written again: source distributions, repositories,
// directories, archives, attestations, tables of other tools. Keys that it does not have are passed over with a warning.
// Files are checked by SHA-256; a lock that has only other hashes is refused.
//
// - `UV`: `uv.lock`, a graph for all platforms, of which one target's packages are taken.
// - `Export`: `requirements.txt` with hashes and markers.
//
// No file is touched here, and no credentials get into a lock: they are taken out of every URL.
