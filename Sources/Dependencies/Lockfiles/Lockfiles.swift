// Lockfiles: locks as values, read from and written to `pylock.toml` (PEP 751).
//
// Start at `PyLock`: what is to be installed, and in `LockOrigin` what was asked for. `PyLock(parsing:file:)` reads,
// `PyLock.text` writes; the same value always gives the same bytes. `PyLock.digest` names what the lock installs, and
// with the interpreter's identity it is the address of an environment.
//
// Locks of this version of Penstock are for one target and hold wheels only. Entries of other kinds (source
// distributions, version control, directories, archives, tables of other tools) are read, kept and written again, so
// that nothing is lost; whoever installs refuses what it cannot install.
//
// No file is touched here, and no credentials get into a lock: they are taken out of every URL.
