// Lockfiles: what was resolved, written down.
//
// The native lock is `pylock.toml` (PEP 751), so that any standard tool can rebuild an environment from it. `PyLock` is the
// value; `PyLock(parsing:file:)` reads one, `PyLock.text` writes it, the same value always as the same bytes. What the
// standard has no word for, such as the requirements that a lock answers, stands in its `[tool.penstock]` table.
