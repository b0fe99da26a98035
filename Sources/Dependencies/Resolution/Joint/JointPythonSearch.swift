internal import CondaPackaging
internal import PubGrub

/// Finds conda packages that go together, or proves that there are none.
///
/// Call `advance` until it returns something else than `.needs`; tell the candidates of the names it asks for in `book`.
struct JointPythonSearch: Sendable {
    enum Step: Sendable {
        /// The candidates of these names are missing.
        case needs(Set<CondaName>)
        /// The chosen packages, in the order of their names; virtual ones are left out.
        case solved([JointCandidate])
        /// There is no choice; why, in sentences.
        case failed([String])
    }

    /// A package, or what was asked for.
    enum Key: Hashable, Sendable {
        case root
        case package(CondaName)
    }

    var book: JointBook
    private let wanted: [MatchSpec]
    private var solver: DependencySolver<Key, MatchSpec, String>

    /// - Parameter specs: What is asked for, each about one name.
    init(_ specs: [MatchSpec], book: JointBook) {
        self.book = book
        wanted = specs
        let requirements = specs.compactMap { spec in spec.name.exactName.map { Dependency(Key.package($0), spec) } }
        solver = DependencySolver(root: .root, requirements: requirements)
    }

    mutating func advance() -> Step {
        while true {
            let book = book
            let step = solver.advance { key, spec in
                guard case .package(let name) = key else { return CandidateSet(allOf: 1) }
                return book.allowed(by: spec, of: name)
            }
            switch step {
            case .needs(let needs):
                let missing = answer(needs)
                if !missing.isEmpty { return .needs(missing) }
            case .solved(let chosen): return .solved(packages(chosen))
            case .failed(let derivation): return .failed(JointPythonWords(book, derivation).sentences)
            case .unfinished: continue
            }
        }
    }

    /// Tells the solver what is known; returns the names of which nothing is.
    private mutating func answer(_ needs: [DependencySolver<Key, MatchSpec, String>.Need]) -> Set<CondaName> {
        var missing: Set<CondaName> = []
        for need in needs {
            switch need {
            case .candidates(of: .package(let name)):
                guard book.knows(name) else {
                    missing.insert(name)
                    continue
                }
                solver.provide(candidateCount: book.count(of: name), of: .package(name))
            case .dependencies(of: .package(let name), let candidate): tellDependencies(of: name, candidate)
            case .candidates(of: .root), .dependencies(of: .root, _): continue
            }
        }
        return missing
    }

    private mutating func tellDependencies(of name: CondaName, _ candidate: Int) {
        let found: [(spec: MatchSpec, isRequired: Bool)]
        do throws(MatchSpecError) {
            found = try book.dependencies(of: name, candidate)
        } catch {
            let set = CandidateSet([candidate], of: book.count(of: name))
            return solver.provide(unusable: set, of: .package(name), candidate: candidate, because: error.description)
        }
        if let spec = found.first(where: { $0.spec.name.exactName == nil || !$0.spec.isPlain && $0.spec.details.condition != nil })?.spec {
            let set = CandidateSet([candidate], of: book.count(of: name))
            let reason = "it depends on \(spec), which is of a kind that is not solved for"
            return solver.provide(unusable: set, of: .package(name), candidate: candidate, because: reason)
        }
        solver.provide(
            found.compactMap { item in
                item.spec.name.exactName.map { Dependency(Key.package($0), item.spec, isRequired: item.isRequired) }
            }, of: .package(name), candidate: candidate)
    }

    private func packages(_ chosen: [Key: Int]) -> [JointCandidate] {
        chosen.compactMap { key, candidate in
            guard case .package(let name) = key, !name.isVirtual else { return nil }
            return book.candidates(of: name)[candidate]
        }.sorted { $0.record.name < $1.record.name }
    }
}
