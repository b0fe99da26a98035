import Digests
import Interpreters
import SystemPackage

/// A Python of this machine, as `--json` prints it.
struct PythonOutput: Encodable {
    /// The version; absent if it cannot be used.
    var python: String?
    var implementation: String?
    var freeThreaded: Bool?
    var path: String
    /// Whether Penstock has fetched it.
    var fetched: Bool
    /// Why it cannot be used.
    var problem: String?
    let title: String

    private enum CodingKeys: CodingKey { case python, implementation, freeThreaded, path, fetched, problem }

    init(_ seen: SeenPython) {
        path = seen.path.string
        fetched = seen.isFetched
        problem = seen.problem
        title = seen.interpreter?.title ?? "-"
        guard let interpreter = seen.interpreter else { return }
        python = "\(interpreter.version)"
        implementation = interpreter.implementation
        freeThreaded = interpreter.isFreeThreaded
    }
}

/// A Python that can be fetched, as `--json` prints it.
struct AvailablePythonOutput: Encodable {
    var python: String
    var implementation: String
    var freeThreaded: Bool
    /// That of its folder.
    var name: String
    var release: String?
    var url: String
    var sha256: String
    var size: Int64?
    /// Whether it is on this machine.
    var fetched: Bool
    let title: String

    private enum CodingKeys: CodingKey { case python, implementation, freeThreaded, name, release, url, sha256, size, fetched }

    init(_ build: StandaloneBuild, isFetched: Bool) {
        python = "\(build.version)"
        implementation = build.implementation
        freeThreaded = build.isFreeThreaded
        name = build.name
        release = build.release.isEmpty ? nil : build.release
        url = build.url
        sha256 = build.sha256.hex
        size = build.size
        fetched = isFetched
        title = build.title
    }
}

/// A fetched Python, as `--json` prints it.
struct FetchedPythonOutput: Encodable {
    var name: String
    var path: String
    /// Whether it was fetched just now.
    var fetched: Bool

    init(_ fetched: PythonFetching.Fetched) {
        name = fetched.name
        path = fetched.python.string
        self.fetched = fetched.isNew
    }
}
