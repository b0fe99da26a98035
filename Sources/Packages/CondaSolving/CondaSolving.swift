/// Which conda packages go together: repodata and match specs in, records out.
///
/// The room tells the solver of `PubGrub` about conda: in which order the records of a package are tried, which of them a
/// match spec allows, and what each asks for. It knows no file and no network: records are handed to it.
enum CondaSolving {}
