import Archives
public import PackageSources
import PythonPackaging
public import SystemPackage

/// Finds the Pythons of this machine.
///
/// A Python that was found before costs no process; the whole search then takes well under a millisecond.
public struct InterpreterFinder: Sendable {
    let search: CandidateSearch
    let catalogue: InterpreterCatalogue
    let cacheFolder: FilePath

    /// - Parameters:
    ///   - environment: The variables of the process: `PATH`, `HOME`, `PENSTOCK_PYTHON_PATH`, `PYENV_ROOT`,
    ///     `UV_PYTHON_INSTALL_DIR`, `XDG_DATA_HOME` are looked at.
    ///   - launching: The interpreter that launched the flow: what a flow gets that asks for none.
    public init(environment: [String: String], cache: CacheDirectory, launching: FilePath? = nil) {
        self.init(environment: environment, cacheFolder: cache.path(.interpreters), launching: launching)
    }

    /// - Parameter patience: How long a binary may take to describe itself.
    package init(
        environment: [String: String], cacheFolder: FilePath, launching: FilePath?, patience: Duration = .seconds(30),
        distributionFolders: [FilePath] = CandidateSearch.distributionFolders
    ) {
        search = CandidateSearch(
            environment: environment, launching: launching, distributionFolders: distributionFolders)
        catalogue = InterpreterCatalogue(
            store: DescriptionStore(folder: cacheFolder),
            describer: Describer(environment: environment, patience: patience))
        self.cacheFolder = cacheFolder
    }

    /// The interpreter that is asked for; without a request the launching one, else the first on the search path.
    public func find(_ request: InterpreterRequest? = nil) async throws(InterpreterError) -> Interpreter {
        guard let request else { return try await unrequested() }
        if case .file(let path) = request.wanted { return try await named(path) }
        let sightings = await look(for: request)
        if let best = best(of: sightings, for: request) { return best }
        return try await amongAll(request)
    }

    /// All usable interpreters, each once, in the order in which they are found.
    public func all() async -> [Interpreter] {
        await look(for: nil).compactMap(\.interpreter)
    }
}

extension InterpreterFinder {
    private func unrequested() async throws(InterpreterError) -> Interpreter {
        if let launching = search.launching { return try await named(launching) }
        let search = search
        for candidate in await BlockingWork.run({ search.candidates(for: nil) }) {
            if let found = await catalogue.look(at: { [candidate] }).first?.interpreter { return found }
        }
        throw .noneSuitable(wanted: "", seen: await look(for: nil).map(\.told))
    }

    private func look(for request: InterpreterRequest?) async -> [Sighting] {
        await catalogue.look { [search] in search.candidates(for: request) }
    }

    /// The interpreter at `path`, which may be a folder with one in it.
    private func named(_ path: FilePath) async throws(InterpreterError) -> Interpreter {
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

    // The names of files and folders can mislead; before giving up everything is asked.
    private func amongAll(_ request: InterpreterRequest) async throws(InterpreterError) -> Interpreter {
        let sightings = await look(for: nil)
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
