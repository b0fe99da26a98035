package import SystemPackage

/// Where Pythons are looked for: an order of places, nothing is run.
///
/// The launching interpreter, the folders in `PENSTOCK_PYTHON_PATH`, the search path, what Penstock has fetched, pyenv (also
/// asdf and mise), what uv keeps, and the folders of the distribution. The shims of pyenv and its kin are shell scripts that
/// choose a version by the current folder; they are passed over, and the versions behind them are looked at instead.
package struct CandidateSearch: Sendable {
    var environment: [String: String]
    /// The interpreter that launched the flow.
    var launching: FilePath?
    /// The folders of the distribution.
    var distributionFolders: [FilePath]
    /// Whether only what Penstock has fetched counts.
    var isFetchedOnly = false

    package static let distributionFolders: [FilePath] = [
        "/usr/local/bin", "/usr/bin", "/opt/homebrew/bin", "/opt/local/bin",
    ]

    /// Where the installer of python.org puts versions on macOS.
    #if canImport(Darwin)
    private static let frameworks: [FilePath] = ["/Library/Frameworks/Python.framework/Versions"]
    #else
    private static let frameworks: [FilePath] = []
    #endif

    /// All candidates whose names do not rule them out, each file once, in the order of the places.
    func candidates(for request: InterpreterRequest?) -> [Candidate] {
        var collector = CandidateCollector(request: request)
        if isFetchedOnly {
            if let fetched { collector.lookBelow(fetched) }
            return collector.found
        }
        let first: [Candidate] = launching.map { [Candidate(path: $0)] } ?? []
        for place in placesNamed() { collector.look(in: place) }
        let searchPath = places.folders(in: "PATH")
        for folder in searchPath { look(onSearchPath: folder, for: request, &collector) }
        for root in versionRoots(shims: searchPath) { collector.lookBelow(root) }
        for folder in distributionFolders { collector.look(in: folder) }
        return first + collector.found
    }

    private var places: PersonalPlaces { PersonalPlaces(environment: environment) }

    /// Where Penstock keeps the Pythons that it has fetched.
    private var fetched: FilePath? { places.fetchedPythons }

    private func look(
        onSearchPath folder: FilePath, for request: InterpreterRequest?, _ collector: inout CandidateCollector
    ) {
        guard folder.lastComponent?.string == "shims" else { return collector.look(in: folder) }
        // The first Python of the search path is the one that the shim would run.
        guard request == nil else { return }
        let choice = PyenvChoice(root: folder.removingLastComponent(), environment: environment)
        for folder in choice.folders() { collector.look(in: folder) }
    }

    // The person may name a folder of Pythons, an installation, a folder of installations, or a file.
    private func placesNamed() -> [FilePath] {
        places.folders(in: "PENSTOCK_PYTHON_PATH").flatMap { place -> [FilePath] in
            let installations = FileQuestions.names(in: place).map { place.appending($0).appending("bin") }
            return [place, place.appending("bin")] + installations.filter(FileQuestions.isDirectory)
        }
    }

    // Folders whose folders are installations.
    private func versionRoots(shims searchPath: [FilePath]) -> [FilePath] {
        let (home, data) = (places.home, places.data)
        let shims = searchPath.filter { $0.lastComponent?.string == "shims" }.map { $0.removingLastComponent() }
        let pyenv = places.folder(in: "PYENV_ROOT") ?? home?.appending(".pyenv")
        let asdf = places.folder(in: "ASDF_DATA_DIR") ?? home?.appending(".asdf")
        let mise = places.folder(in: "MISE_DATA_DIR") ?? data?.appending("mise")
        let uv = places.folder(in: "UV_PYTHON_INSTALL_DIR") ?? data?.appending("uv").appending("python")
        let tools = (shims + [pyenv, asdf, mise].compactMap { $0 }).flatMap { root in
            [root.appending("versions"), root.appending("installs").appending("python")]
        }
        return [fetched].compactMap { $0 } + tools + [uv].compactMap { $0 } + Self.frameworks
    }
}
