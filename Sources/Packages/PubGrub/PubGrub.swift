// PubGrub: version solving with conflict-driven learning over finite candidate lists.
//
// A package is an ordered list of candidates; candidate 0 is the one a person would like best. What is known or demanded
// of a package is a `CandidateSet`: one bit a candidate and one bit for "not chosen at all". With that extra bit a
// positive and a negative term are the same kind of thing, and every operation of the algorithm is a few machine words.
// The room knows no version, file name or platform: Python projects and conda packages differ only in who fills the bits.
//
// Start at `DependencySolver`. It is a state machine without input or output: `advance` runs until it has an answer or
// needs to be told something (the candidates of a package, the dependencies of a candidate), so that the caller may
// fetch those ahead and in parallel. The answer does not depend on the order or the time in which things are told.
// A conflict comes back as a `Derivation`, a proof made of the facts that were told; `shortened` proves the
// same from as few facts as will do, `Explanation` puts them into an order in which they can be read aloud, and the words are found by the room that knows what the packages are.
//
// The algorithm is PubGrub (Natalie Weizenbaum, 2018): unit propagation over incompatibilities, decisions, and on a
// conflict resolution up to the first unique implication point, a learnt incompatibility and a jump back.
