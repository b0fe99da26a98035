package import SystemPackage

/// Where Pythons are looked for: an order of places, nothing is run.
///
/// The launching interpreter, the folders in `PENSTOCK_PYTHON_PATH`, the search path, pyenv (also asdf and mise), what uv
/// keeps, and the folders of the distribution. The shims of pyenv and its kin are shell scripts that choose a version by
/// the current folder; they are passed over, and the versions behind them are looked at instead.
package struct CandidateSearch: Sendable {
    var environment: [String: String]
    /// The interpreter that launched the flow.
    var launching: FilePath?
    /// The folders of the distribution.
    var distributionFolders: [FilePath]

    package static let distributionFolders: [FilePath] = ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"]

    /// All candidates whose names do not rule them out, each file once, in the order of the places.
    func candidates(for request: InterpreterRequest?) -> [Candidate] {
        var found: [Candidate] = launching.map { [Candidate(path: $0)] } ?? []
        var collector = Collector(request: request)
        for place in placesNamed() { collector.look(in: place) }
        let searchPath = folders(in: "PATH")
        for folder in searchPath where folder.lastComponent?.string != "shims" { collector.look(in: folder) }
        for root in versionRoots(shims: searchPath) { collector.lookBelow(root) }
        for folder in distributionFolders { collector.look(in: folder) }
        found += collector.found
        return found
    }

    // The person may name a folder of Pythons, an installation, a folder of installations, or a file.
    private func placesNamed() -> [FilePath] {
        folders(in: "PENSTOCK_PYTHON_PATH").flatMap { place -> [FilePath] in
            let installations = FileQuestions.names(in: place).map { place.appending($0).appending("bin") }
            return [place, place.appending("bin")] + installations.filter(FileQuestions.isDirectory)
        }
    }

    // Folders whose folders are installations.
    private func versionRoots(shims searchPath: [FilePath]) -> [FilePath] {
        var roots: [FilePath] = []
        let shims = searchPath.filter { $0.lastComponent?.string == "shims" }.map { $0.removingLastComponent() }
        let pyenv = folder(in: "PYENV_ROOT") ?? home?.appending(".pyenv")
        for root in shims + [pyenv].compactMap({ $0 }) {
            roots.append(root.appending("versions"))
            roots.append(root.appending("installs").appending("python"))
        }
        let data = folder(in: "XDG_DATA_HOME") ?? home?.appending(".local").appending("share")
        if let uv = folder(in: "UV_PYTHON_INSTALL_DIR") ?? data?.appending("uv").appending("python") {
            roots.append(uv)
        }
        return roots
    }

    private var home: FilePath? { folder(in: "HOME") }

    private func folder(in variable: String) -> FilePath? {
        guard let value = environment[variable], !value.isEmpty else { return nil }
        return FilePath(value)
    }

    private func folders(in variable: String) -> [FilePath] {
        // A relative entry would mean another folder for every working directory.
        (environment[variable] ?? "").split(separator: ":").map { FilePath(String($0)) }.filter(\.isAbsolute)
    }
}

/// Gathers the Pythons of folders, each folder and each name once.
private struct Collector {
    let request: InterpreterRequest?
    private(set) var found: [Candidate] = []
    private var seen: Set<FilePath> = []

    init(request: InterpreterRequest?) { self.request = request }

    // Asking for each possible name is quicker than reading a folder of thousands.
    private static let names: [(name: String, series: Candidate.Series?)] = {
        let minors = 6...24
        let plain = ["python3", "python"] + minors.map { "python3.\($0)" }
        let others = minors.dropFirst(7).map { "python3.\($0)t" } + ["pypy3"] + minors.prefix(9).map { "pypy3.\($0)" }
        return (plain + others).map { ($0, Candidate.Series(in: $0)) }
    }()

    mutating func look(in folder: FilePath, series: Candidate.Series? = nil) {
        guard seen.insert(folder).inserted, FileQuestions.isDirectory(folder) else {
            return addIfFile(folder)
        }
        for (name, promised) in Self.names where isWanted(promised ?? series) {
            let path = folder.appending(name)
            if FileQuestions.isExecutable(path) { found.append(Candidate(path: path, series: promised ?? series)) }
        }
    }

    /// Looks at installations: `root/<name>/bin`.
    mutating func lookBelow(_ root: FilePath) {
        guard seen.insert(root).inserted else { return }
        for name in FileQuestions.names(in: root) {
            let series = Candidate.Series(in: name)
            guard isWanted(series) else { continue }
            let folder = root.appending(name).appending("bin")
            let binary = [folder.appending("python"), folder.appending("python3")].first(
                where: FileQuestions.isExecutable)
            if let binary { found.append(Candidate(path: binary, series: series)) }
        }
    }

    private mutating func addIfFile(_ path: FilePath) {
        if FileQuestions.isExecutable(path) { found.append(Candidate(path: path)) }
    }

    private func isWanted(_ series: Candidate.Series?) -> Bool {
        guard let request, let series else { return true }
        return request.mayAccept(major: series.major, minor: series.minor)
    }
}
