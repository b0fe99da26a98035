// Interpreters: which Pythons this machine has, and what each of them is.
//
// `InterpreterRequest` is what was asked for ("3.11", ">=3.9,<3.12", "3.13t", a path), `Interpreter` what was found, and
// `InterpreterFinder` leads from one to the other: it looks at the interpreter that launched the flow, the search path,
// pyenv, what uv keeps and the distribution (`CandidateSearch`), and lets each Python describe itself once by running a
// small script (`DescribeScript`, `Describer`). The answer stays in the cache as long as the binary is the same file
// (`DescriptionStore`), so that finding a Python again starts no process. `DefaultIndex` asks an interpreter's pip
// which package index it would use.
//
// Where no Python suits, `PythonFetching` fetches one: it reads what a mirror offers (`FetchSettings`, `PythonManifest`), and
// `PythonFetch` brings the archive to its place in the folder of fetched Pythons (`FetchedPythons`), where the search finds
// it as any other.
