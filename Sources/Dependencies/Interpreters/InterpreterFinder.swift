import Archives
public import Diagnostics
public import PackageSources
import PythonPackaging
public import SystemPackage

/// Finds the Pythons of this machine, and fetches one where none suits.
///
/// A Python that was found before costs no process; the whole search then takes well under a millisecond.
public struct InterpreterFinder: Sendable {
    var search: CandidateSearch
    var catalogue: InterpreterCatalogue
    let cacheFolder: FilePath
    /// Whether nothing may come from another machine.
    private(set) var isOffline = false
    /// `nil` where nothing is ever fetched.
    private(set) var fetching: PythonFetching?
    /// Asked where the machine has none that suits; before anything is fetched, unless the person has named where from.
    public var supply: (any PythonSupply)?

    /// - Parameters:
    ///   - environment: The variables of the process: `PATH`, `HOME`, `PENSTOCK_PYTHON_PATH`, `PYENV_ROOT`,
    ///     `UV_PYTHON_INSTALL_DIR`, `XDG_DATA_HOME` and others are looked at.
    ///   - launching: The interpreter that launched the flow: what a flow gets that asks for none.
    ///   - isOffline: Whether nothing may be fetched from another machine.
    ///   - progress: Hears of fetching.
    public init(
        environment: [String: String], cache: CacheDirectory, launching: FilePath? = nil, isOffline: Bool = false,
        progress: @escaping ProgressSink = { _ in }
    ) {
        self.init(environment: environment, cacheFolder: cache.path(.interpreters), launching: launching)
        self.isOffline = isOffline
        fetching = PythonFetching(environment: environment, cache: cache, isOffline: isOffline, progress: progress)
    }

    /// The same, that fetches nothing.
    public var onThisMachine: InterpreterFinder {
        var copy = self
        copy.fetching = nil
        copy.supply = nil
        return copy
    }

    /// The same, that fetches from no other machine.
    public func offline(_ isOffline: Bool = true) -> InterpreterFinder {
        var copy = self
        if isOffline {
            copy.fetching?.isOffline = true
            copy.isOffline = true
        }
        return copy
    }

    /// - Parameters:
    ///   - patience: How long a binary may take to describe itself.
    ///   - fetching: What fetches where none suits.
    package init(
        environment: [String: String], cacheFolder: FilePath, launching: FilePath?, patience: Duration = .seconds(30),
        distributionFolders: [FilePath] = CandidateSearch.distributionFolders, fetching: PythonFetching? = nil
    ) {
        search = CandidateSearch(
            environment: environment, launching: launching, distributionFolders: distributionFolders)
        catalogue = InterpreterCatalogue(
            store: DescriptionStore(folder: cacheFolder),
            describer: Describer(environment: environment, patience: patience))
        self.cacheFolder = cacheFolder
        self.fetching = fetching
    }

    /// The interpreter that is asked for; without a request the launching one, else the first on the search path. Where the
    /// machine has none that suits, one of the supply, or fetched as far as `PENSTOCK_PYTHON_FETCH` allows.
    public func find(_ request: InterpreterRequest? = nil) async throws(InterpreterError) -> Interpreter {
        do throws(InterpreterError) {
            return try await findHere(request)
        } catch {
            guard case .noneSuitable(let wanted, let seen) = error, fetching != nil || supply != nil else { throw error }
            return try await obtain(request ?? .any, wanted: wanted, seen: seen)
        }
    }

    /// The same, and nothing is fetched.
    public func findHere(_ request: InterpreterRequest? = nil) async throws(InterpreterError) -> Interpreter {
        guard let request else { return try await unrequested() }
        if case .file(let path) = request.wanted { return try await named(path) }
        let finder = try considering(request)
        if let best = best(of: await finder.look(for: request), for: request) { return best }
        return try await finder.amongAll(request)
    }

    /// All usable interpreters, each once, in the order in which they are found.
    public func all() async -> [Interpreter] {
        await look(for: nil).compactMap(\.interpreter)
    }
}

extension InterpreterFinder {
    /// With the policy `always` a version is looked for among the fetched ones only.
    private func considering(_ request: InterpreterRequest) throws(InterpreterError) -> InterpreterFinder {
        let policy: FetchPolicy?
        do throws(PythonFetchError) {
            policy = try fetching?.policy
        } catch {
            throw .notFetched(wanted: request.spelling, seen: [], cause: error)
        }
        guard policy == .always else { return self }
        var copy = self
        copy.search.isFetchedOnly = true
        copy.search.launching = nil
        return copy
    }

    private func unrequested() async throws(InterpreterError) -> Interpreter {
        if let launching = search.launching { return try await named(launching) }
        let search = search
        for candidate in await BlockingWork.run({ search.candidates(for: nil) }) {
            if let found = await catalogue.look(at: { [candidate] }).first?.interpreter { return found }
        }
        throw .noneSuitable(wanted: "", seen: await look(for: nil).map(\.told))
    }

    func look(for request: InterpreterRequest?) async -> [Sighting] {
        await catalogue.look { [search] in search.candidates(for: request) }
    }

    /// The interpreter at `path`, which may be a folder with one in it.
    func named(_ path: FilePath) async throws(InterpreterError) -> Interpreter {
        var file = path
        if FileQuestions.isDirectory(path) {
            let places = ["bin/python3", "bin/python", "python3", "python"].map { path.pushing(FilePath($0)) }
            guard let inside = places.first(where: FileQuestions.isExecutable) else {
                throw .unusable(path, reason: "there is no bin/python in this folder")
            }
            file = inside
        }
        guard FileQuestions.isExecutable(file) else {
            throw .unusable(path, reason: "there is no such program")
        }
        let candidate = Candidate(path: absolute(file))
        let sighting = await catalogue.look { [candidate] }.first
        switch sighting?.outcome {
        case .usable(let interpreter): return interpreter
        case .refused(let reason): throw .unusable(path, reason: reason)
        case nil: throw .unusable(path, reason: "it could not be read")
        }
    }

    private func absolute(_ path: FilePath) -> FilePath {
        guard path.isRelative, let here = FileQuestions.realPath(".") else { return path }
        return here.pushing(path).lexicallyNormalized()
    }

    // The names of files and folders can mislead, and what failed a while ago may work now; before giving up everything is
    // asked.
    private func amongAll(_ request: InterpreterRequest) async throws(InterpreterError) -> Interpreter {
        var finder = self
        finder.catalogue.store.failureLifetime = min(catalogue.store.failureLifetime, 60)
        let sightings = await finder.look(for: nil)
        if let best = best(of: sightings, for: request) { return best }
        throw .noneSuitable(wanted: request.spelling, seen: sightings.map(\.told))
    }

    /// The newest suitable one; a final version rather than a newer preview; of equals the one found first.
    private func best(of sightings: [Sighting], for request: InterpreterRequest) -> Interpreter? {
        let suitable = sightings.compactMap(\.interpreter).filter(request.accepts)
        if case .range = request.wanted, let launching = search.launching,
            let first = suitable.first, first.executable == launching { return first }
        return suitable.reduce(nil) { best, next in
            guard let best else { return next }
            if best.version.isPrerelease != next.version.isPrerelease { return best.version.isPrerelease ? next : best }
            if best.version != next.version { return best.version < next.version ? next : best }
            return best.isDebugBuild && !next.isDebugBuild ? next : best
        }
    }
}
