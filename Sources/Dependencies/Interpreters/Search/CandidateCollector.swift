import SystemPackage

/// Gathers the Pythons of folders, each folder and each name once.
struct CandidateCollector {
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

    /// Looks at the binaries in a folder, or at one binary.
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
        // What begins with a dot is being made, or belongs to the tool that keeps the others.
        for name in FileQuestions.names(in: root) where !name.hasPrefix(".") {
            let series = Candidate.Series(in: name)
            guard isWanted(series) else { continue }
            let folder = root.appending(name).appending("bin")
            let binary = [folder.appending("python"), folder.appending("python3")].first(
                where: FileQuestions.isExecutable)
            // Some installations have only `python3.12`.
            if let binary { found.append(Candidate(path: binary, series: series)) } else { look(in: folder, series: series) }
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
