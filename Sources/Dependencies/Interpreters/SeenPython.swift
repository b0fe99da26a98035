public import SystemPackage

/// A Python of this machine as it was found, whether or not it can be used.
public struct SeenPython: Sendable {
    public let path: FilePath
    /// `nil` if it cannot be used.
    public let interpreter: Interpreter?
    /// Why it cannot be used, in words that follow its path and a colon.
    public let problem: String?
    /// Whether Penstock has fetched it.
    public let isFetched: Bool
}

extension InterpreterFinder {
    /// An interpreter as one that was found.
    public func seen(_ interpreter: Interpreter) -> SeenPython {
        let isFetched = fetchedFolder.map { interpreter.baseExecutable.starts(with: $0) } ?? false
        return SeenPython(path: interpreter.executable, interpreter: interpreter, problem: nil, isFetched: isFetched)
    }

    private var fetchedFolder: FilePath? {
        PersonalPlaces(environment: search.environment).fetchedPythons.flatMap(FileQuestions.realPath)
    }

    /// Everything that was found, each binary once, in the order in which it is found.
    public func seen() async -> [SeenPython] {
        let fetched = fetchedFolder
        return await look(for: nil).map { sighting in
            let isFetched = fetched.map { sighting.binary.starts(with: $0) } ?? false
            return switch sighting.outcome {
            case .usable(let found): SeenPython(path: sighting.path, interpreter: found, problem: nil, isFetched: isFetched)
            case .refused(let reason): SeenPython(path: sighting.path, interpreter: nil, problem: reason, isFetched: isFetched)
            }
        }
    }
}
