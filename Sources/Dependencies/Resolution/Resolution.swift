// Resolution: requirements in, a lock out. The bridge between package indexes and the solver.
//
// `LockResolver` is where to start: it answers for several targets, each a Python on a platform. `Resolver` answers for one.
//
// How it works:
// - `Stipulations` is what the person laid down, read for one target: requirements, constraints, overrides, direct
//   references, hashes and policies.
// - `ResolutionRun` decides and does nothing else: it holds the solver, is told what was fetched, and says what to fetch
//   next. It looks further than the solver does: as soon as a project's page is there, it wants the metadata of the
//   version that will probably be chosen, and then the pages that this metadata names. `Resolver` performs the fetches,
//   many at a time. What the answer is does not depend on the order in which they come back.
// - `CandidateTable` gives the solver a project as a list of candidates: stable versions first, newest first. Versions
//   that cannot be installed are candidates too, so that an explanation can say why they are not used; whether one can be
//   is looked at only when its turn comes. A package that comes by direct reference has a candidate for each reference.
// - `ResolutionMemory` keeps what was fetched for the next target.
// - `ConflictWords` says in words why there is no solution, quoting what the person wrote: the proof is shortened to the
//   facts that are needed (`Derivation.shortened`), put into the order in which one leads to the next (`Explanation`),
//   and worded, whichever of the two worlds it is about: `PackageNames` keeps them apart, `CondaFactWords` says what
//   channels said and how the worlds hang together. `ConflictHints` says what would do, as far as that was checked; `Alternatives` resolves anew without
//   single demands to find versions that everything else goes with.
//
// Policies, where PEPs leave a choice (pip and uv agree, or uv is followed):
// - A pre-release is taken only where no stable version will do, unless the person chose another policy.
// - A yanked version is taken only where a requirement names it exactly with `==` or `===`, or a lock prefers it.
// - Of `Requires-Python` only lower bounds count: an upper bound is a guess about Pythons that did not exist yet.
// - Extras are packages of their own that always have the version of their project.
// - Wheels come before the source distribution of their version. Metadata that has to be built is built only when the
//   search comes to that version; a build that fails ends the search, it is not passed over.
// - An override stands in the place of every requirement for its package, with markers of its own, whether or not the
//   requirement was for this target. It keeps to the extra that asked.
// - Packages of an index may send to a URL only if the person named the same one; direct references may send anywhere.
// - Files without an upload time are taken for newer than any date.
