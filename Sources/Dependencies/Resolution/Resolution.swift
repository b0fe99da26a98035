// Resolution: requirements in, a lock out. The bridge between package indexes and the solver.
//
// `Resolver` is where to start. It answers for one target, a Python on a platform, and takes wheels only; what cannot be
// done yet (source distributions, URLs) is refused with a sentence that says so.
//
// How it works:
// - `ResolutionRun` decides and does nothing else: it holds the solver, is told what was fetched, and says what to fetch
//   next. It looks further than the solver does: as soon as a project's page is there, it wants the metadata of the
//   version that will probably be chosen, and then the pages that this metadata names. `Resolver` performs the fetches,
//   many at a time. What the answer is does not depend on the order in which they come back.
// - `CandidateTable` gives the solver a project as a list of candidates: stable versions first, newest first. Versions
//   that cannot be installed are candidates too, so that an explanation can say why they are not used; whether one can be
//   is looked at only when its turn comes.
// - `ConflictWords` says in words why there is no solution, quoting what the person wrote.
//
// Policies, where PEPs leave a choice (pip and uv agree, or uv is followed):
// - A pre-release is taken only where no stable version will do.
// - A yanked version is taken only where a requirement names it exactly with `==` or `===`, or a lock prefers it.
// - Of `Requires-Python` only lower bounds count: an upper bound is a guess about Pythons that did not exist yet.
// - Extras are packages of their own that always have the version of their project.
