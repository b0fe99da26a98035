import Archives
public import Diagnostics
public import PackageSources
import PythonPackaging
public import SystemPackage

/// Fetches Pythons, and keeps those that were fetched.
public struct PythonFetching: Sendable {
    let environment: [String: String]
    let cache: CacheDirectory
    /// Whether nothing may come from another machine, beside what the variables say.
    var isOffline: Bool
    let progress: ProgressSink

    /// - Parameters:
    ///   - environment: the variables of the process: `PENSTOCK_PYTHON_FETCH`, `…_DIR`, `…_MIRROR`, `…_MANIFEST`,
    ///     `…_RELEASE`, those of uv, and what says how servers are reached.
    ///   - progress: hears of fetching, and of waiting for another process.
    public init(
        environment: [String: String], cache: CacheDirectory, isOffline: Bool = false, progress: @escaping ProgressSink = { _ in }
    ) {
        self.environment = environment
        self.cache = cache
        self.isOffline = isOffline
        self.progress = progress
    }

    /// A Python in the folder of fetched ones.
    public struct Fetched: Sendable, Hashable {
        /// That of its folder: `cpython-3.12.7-linux-x86_64-gnu`.
        public var name: String
        public var place: FilePath
        public var python: FilePath
        /// Whether it was fetched just now.
        public var isNew = false
    }

    /// - Throws: `.setting` for a word that is no policy.
    public var policy: FetchPolicy {
        get throws(PythonFetchError) { try FetchSettings(environment: environment).policy }
    }

    /// Whether the person has said where Pythons are fetched from, and has not forbidden it.
    var isNamed: Bool {
        let settings = FetchSettings(environment: environment)
        guard let policy = try? settings.policy, let source = try? settings.source else { return true }
        return !source.isDefault && (policy == .missing || policy == .always)
    }

    /// What the mirror offers.
    public func offered() async throws(PythonFetchError) -> PythonManifest {
        let source = try FetchSettings(environment: environment).source
        return try await PythonMirror(source: source, environment: environment, cache: cache, isOffline: isOffline).manifest()
    }

    /// Fetches the newest Python that suits a request, unless that one is there.
    ///
    /// - Throws: `.switchedOff` where the policy is `never`.
    /// - Parameter again: whether one that is there is fetched anew, and replaced.
    public func fetch(_ request: InterpreterRequest, again: Bool = false) async throws(PythonFetchError) -> Fetched {
        guard try policy != .never else { throw .switchedOff }
        guard let platform = BuildPlatform.current else { throw .unsupportedSystem }
        let source = try FetchSettings(environment: environment).source
        let mirror = PythonMirror(source: source, environment: environment, cache: cache, isOffline: isOffline)
        let manifest = try await mirror.manifest()
        guard let build = manifest.best(for: request, on: platform) else {
            let offered = manifest.offers(on: platform).map { "\($0.version)\($0.isFreeThreaded ? "t" : "")" }
            throw .notOffered(wanted: request.spelling, place: manifest.place, offered: offered)
        }
        if manifest.isUnprotected {
            progress(.warning("the list of Pythons at \(manifest.place) came over a connection that is not protected: its hashes prove nothing"))
        }
        let store = try FetchedPythons(environment: environment)
        if !again, let present = present(build.name, in: store) { return present }
        return try await PythonFetch(
            build: build, mirror: mirror, store: store, environment: environment, progress: progress
        ).perform(again: again)
    }

    /// Those that were fetched, by their names.
    public func fetched() throws(PythonFetchError) -> [Fetched] {
        let store = try FetchedPythons(environment: environment)
        return store.names.compactMap { present($0, in: store) }
    }

    private func present(_ name: String, in store: FetchedPythons) -> Fetched? {
        let place = store.place(of: name)
        return FetchedPythons.python(in: place).map { Fetched(name: name, place: place, python: $0) }
    }
}

// MARK: Removing

extension PythonFetching {
    /// Those of the fetched Pythons that are named, by the names of their folders or by versions; each once.
    ///
    /// - Throws: `.notFetched` for a name that none has.
    public func fetched(matching names: [String]) throws(PythonFetchError) -> [Fetched] {
        let all = try fetched()
        var chosen: [Fetched] = []
        for name in names {
            let request = try? InterpreterRequest(parsing: name)
            let matching = all.filter { $0.name == name || answers($0, request) }
            guard !matching.isEmpty else { throw .notFetched(wanted: name, present: all.map(\.name)) }
            chosen += matching.filter { !chosen.contains($0) }
        }
        return chosen
    }

    /// By its name, so that one that does not run any more can be removed, too.
    private func answers(_ python: Fetched, _ request: InterpreterRequest?) -> Bool {
        let words = python.name.split(separator: "-")
        guard let request, words.count > 1 else { return false }
        let versions = words[1].split(separator: "+")
        guard let version = try? Version(parsing: versions[0]) else { return false }
        return request.accepts(
            implementation: String(words[0]), version: version, isFreeThreaded: versions.dropFirst().contains("freethreaded"))
    }

    /// Removes a fetched Python. Environments that rest on it are made anew when they are wanted again.
    ///
    /// - Parameter force: whether also one that a process runs.
    public func remove(_ python: Fetched, force: Bool = false) async throws(PythonFetchError) {
        let store = try FetchedPythons(environment: environment)
        let lock = try await store.lock(python.name) { progress(.note("another process fetches \(python.name); waiting for it")) }
        defer { lock.release() }
        try await BlockingWork.run { () throws(PythonFetchError) in
            let users = RunningPrograms.processes(below: python.place)
            guard force || users.isEmpty else { throw .inUse(name: python.name, processes: users) }
            try store.discard(python.name)
        }
    }
}

/// Which processes run programs of a folder.
private enum RunningPrograms {
    /// Process ids, as far as the system tells; none where it has no `/proc`.
    static func processes(below folder: FilePath) -> [Int] {
        guard let real = FileQuestions.realPath(folder) else { return [] }
        return FileQuestions.names(in: "/proc").compactMap { Int($0) }.sorted().filter { process in
            FileQuestions.realPath(FilePath("/proc/\(process)/exe"))?.starts(with: real) ?? false
        }
    }
}
