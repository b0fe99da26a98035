import Archives
import PythonPackaging
import SystemPackage

/// What came of looking at one candidate.
struct Sighting: Sendable {
    enum Outcome: Sendable {
        case usable(Interpreter)
        case refused(reason: String)
    }

    var path: FilePath
    /// The real binary; two sightings of the same one are one Python.
    var binary: FilePath
    var outcome: Outcome

    var interpreter: Interpreter? {
        if case .usable(let interpreter) = outcome { interpreter } else { nil }
    }

    var told: InterpreterError.Sighting {
        switch outcome {
        case .usable(let interpreter): .init(path: path, finding: interpreter.title)
        case .refused(let reason): .init(path: path, finding: reason)
        }
    }
}

extension Interpreter {
    /// "3.11.7", "3.13.0 free-threaded", "PyPy 3.10.14".
    public var title: String {
        let name = implementation == "cpython" ? "" : markerEnvironment.platformPythonImplementation + " "
        return "\(name)\(version)\(isFreeThreaded ? " free-threaded" : "")\(isDebugBuild ? " debug" : "")"
    }
}

/// Turns candidates into sightings: from the cache where the binary is known, by asking it otherwise.
struct InterpreterCatalogue: Sendable {
    var store: DescriptionStore
    var describer: Describer

    /// How many binaries are asked at a time.
    private static let width = 4

    /// Looks at candidates; each binary comes once, where it was first found.
    func look(at candidates: @escaping @Sendable () -> [Candidate]) async -> [Sighting] {
        let (subjects, seen) = await BlockingWork.run { known(candidates()) }
        var sightings = seen
        let unknown = sightings.indices.filter { sightings[$0] == nil }
        if !unknown.isEmpty {
            for (index, sighting) in await ask(unknown.map { ($0, subjects[$0]) }) { sightings[index] = sighting }
        }
        return sightings.compactMap { $0 }
    }

    /// The binaries behind the candidates, and what the cache knows of them.
    private func known(_ candidates: [Candidate]) -> ([Subject], [Sighting?]) {
        var subjects: [Subject] = []
        var binaries: Set<FilePath> = []
        for candidate in candidates {
            guard let subject = Subject(candidate.path), binaries.insert(subject.binary).inserted else { continue }
            subjects.append(subject)
        }
        let sightings = subjects.map { subject in
            store.verdict(on: subject.binary, identity: subject.identity).map(subject.sighting)
        }
        return (subjects, sightings)
    }

    private func ask(_ subjects: [(Int, Subject)]) async -> [(Int, Sighting)] {
        await withTaskGroup(of: (Int, Sighting).self) { group in
            var waiting = subjects.makeIterator()
            func startNext() {
                guard let (index, subject) = waiting.next() else { return }
                group.addTask { (index, await ask(subject)) }
            }
            for _ in 0..<Self.width { startNext() }
            var results: [(Int, Sighting)] = []
            for await result in group {
                results.append(result)
                startNext()
            }
            return results
        }
    }

    private func ask(_ subject: Subject) async -> Sighting {
        let verdict = await describer.describe(subject.binary)
        guard case .described(let answers) = verdict, subject.isScript,
            let chosen = answers.path("executable").flatMap(Subject.init), chosen.binary != subject.binary
        else {
            store.keep(verdict, on: subject.binary, identity: subject.identity)
            return subject.sighting(verdict)
        }
        // A script chooses anew every time it runs: what it chose now is meant, and its choice is not kept.
        let known = store.verdict(on: chosen.binary, identity: chosen.identity)
        if known == nil { store.keep(verdict, on: chosen.binary, identity: chosen.identity) }
        return chosen.sighting(known ?? verdict)
    }
}

/// A candidate with the binary that stands behind it.
private struct Subject: Sendable {
    var path: FilePath
    var binary: FilePath
    var identity: FileIdentity
    var virtualEnvironment: FilePath?

    /// `nil` if nothing can be executed there, or a virtual environment has lost its interpreter.
    init?(_ path: FilePath) {
        guard let real = FileQuestions.realPath(path) else { return nil }
        self.path = path
        binary = real
        if let environment = VirtualEnvironment(of: path) {
            guard let base = environment.baseBinary(of: path, realPath: real) else { return nil }
            virtualEnvironment = environment.root
            binary = base
        }
        guard let identity = FileIdentity(of: binary) else { return nil }
        self.identity = identity
    }

    /// Whether the binary is text that another program runs, like the shims of pyenv. Reads the file.
    var isScript: Bool { FileQuestions.beginning(of: binary, count: 2) == Array("#!".utf8) }

    func sighting(_ verdict: Verdict) -> Sighting {
        Sighting(path: path, binary: binary, outcome: outcome(verdict))
    }

    private func outcome(_ verdict: Verdict) -> Sighting.Outcome {
        switch verdict {
        case .described(let answers):
            let interpreter = Interpreter(
                answers: answers, executable: path, binary: binary, virtualEnvironment: virtualEnvironment)
            return interpreter.map { .usable($0) } ?? .refused(reason: "runs on a platform that is not supported")
        case .tooOld(let version):
            let (major, minor) = Description.oldest
            return .refused(reason: "\(version) is too old: Penstock needs Python \(major).\(minor) or newer")
        case .failed(let reason): return .refused(reason: reason)
        }
    }
}
