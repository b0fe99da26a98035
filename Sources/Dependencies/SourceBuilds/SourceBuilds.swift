// SourceBuilds: metadata and wheels of what is no wheel: source distributions, other archives, repositories, folders.
//
// `BuildingSource` is what a resolution is given: a client of package indexes that also knows source distributions and
// direct references. `SourceBuilder` does the work, and is what an `EnvironmentStore` makes wheels of locked sources with.
//
// How a source comes to its metadata, the cheapest way first:
// - PKG-INFO of a source distribution, where it says that a build changes nothing of it (PEP 643), or the `[project]` table
//   of pyproject.toml, where nothing that counts is dynamic (PEP 621). Nothing is run (Projects/).
// - A build (PEP 517): its requirements are resolved like any others and become an environment, in which the hooks of the
//   build backend are run, each in a process group of its own that ends with it (Hooks/). Projects without pyproject.toml
//   are setup.py's.
// What came of it is kept under the digest of the source and the identity of the interpreter (Builds/), so that nothing is
// built twice. A folder is addressed by a listing of its files; builds of a folder happen in it, all others in a copy.
//
// Building runs other people's code with the rights of the person. What is before that (archives, names, paths, revisions)
// is checked, and what comes out of it too.
