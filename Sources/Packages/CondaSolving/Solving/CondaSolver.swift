public import CondaPackaging
public import PubGrub

/// A package of the problem: what was asked for, or one of the book.
public enum CondaKey: Hashable, Sendable {
    case root
    case package(CondaPackageID)
}

/// Finds conda packages that go together.
///
/// Call `advance` until it gives an answer; it may say that records of some packages have to be told first.
public struct CondaSolver: Sendable {
    public typealias Proof = Derivation<CondaKey, CondaSpecID, CondaUnusable>

    public enum Step: Sendable {
        case solved([ChosenCondaRecord])
        case failed(Proof)
        /// The records of these packages have to be fetched and told.
        case needs([CondaName])
    }

    public internal(set) var book: CondaBook
    private var solver: DependencySolver<CondaKey, CondaSpecID, CondaUnusable>

    /// - Parameters:
    ///   - requirements: What has to be installed.
    ///   - constraints: What limits packages that something else brings in.
    public init(
        _ book: CondaBook, requirements: [MatchSpec], constraints: [MatchSpec] = []
    ) throws(CondaRequestError) {
        var book = book
        var demands: [CondaDemand] = []
        for package in book.virtualPackages {
            demands.append(CondaDemand(package: book.number(of: package.name), spec: .anything, isRequired: true))
        }
        for spec in requirements { demands += try book.demands(of: spec) }
        for spec in constraints { demands += try book.demands(of: spec, isRequired: false) }
        self.book = book
        solver = DependencySolver(root: .root, requirements: demands.map(\.dependency), keepsNamedFirst: true)
    }

    /// The work that was done so far.
    public var statistics: SolverStatistics { solver.statistics }

    /// Tells the records of a package that were asked for.
    public mutating func learn(_ records: [RepodataRecord], of name: CondaName, source: Int) {
        book.learn(records, of: name, source: source)
    }

    /// Goes on as far as what is known allows.
    public mutating func advance() throws(CondaBookError) -> Step {
        while true {
            if let step = try advance(maximumSteps: .max) { return step }
        }
    }

    /// The same, but gives up: `nil` where so many steps of the solver were not enough.
    public mutating func advance(maximumSteps: Int) throws(CondaBookError) -> Step? {
        while solver.statistics.steps < maximumSteps {
            let known = book
            let step = solver.advance(stretch: maximumSteps) { key, spec in
                guard case .package(let package) = key else { return CandidateSet(noneOf: 1) }
                return known.candidates(matching: spec, of: package)
            }
            switch step {
            case .solved(let chosen): return .solved(try records(of: chosen))
            case .failed(let proof): return .failed(proof)
            case .unfinished: return nil
            case .needs(let needs):
                var missing: [CondaName] = []
                for need in needs { missing += try answer(need) }
                guard missing.isEmpty else { return .needs(Array(Set(missing)).sorted()) }
            }
        }
        return nil
    }

    /// Tells the solver what it asks for; returns what has to be fetched first.
    private mutating func answer(
        _ need: DependencySolver<CondaKey, CondaSpecID, CondaUnusable>.Need
    ) throws(CondaBookError) -> [CondaName] {
        switch need {
        case .candidates(of: .root), .dependencies(of: .root, _): return []
        case .candidates(of: .package(let package)):
            switch try book.candidateCount(of: package) {
            case .count(let count):
                // Whether a condition is met follows from what is chosen, and is no reason to choose something else.
                let isCondition = if case .branch = book.kind(of: package) { true } else { false }
                solver.provide(candidateCount: count, of: .package(package), isLast: isCondition)
            case .following(let base): solver.provide(.package(package), following: .package(base))
            case .unknown(let names): return names
            }
        case .dependencies(of: .package(let package), let candidate):
            switch try book.demands(of: package, candidate: candidate) {
            case .demands(let demands): solver.provide(demands.map(\.dependency), of: .package(package), candidate: candidate)
            case .unusable(let reason):
                // A group of further dependencies has the candidates of its package.
                let count = solver.openCandidates(of: .package(package))?.candidateCount ?? candidate + 1
                let set = CandidateSet([candidate], of: count)
                solver.provide(unusable: set, of: .package(package), candidate: candidate, because: reason)
            }
        }
        return []
    }

    private func records(of chosen: [CondaKey: Int]) throws(CondaBookError) -> [ChosenCondaRecord] {
        var result: [ChosenCondaRecord] = []
        for case (.package(let package), let number) in chosen {
            guard case .package = book.kind(of: package), let candidate = book.candidate(number, of: package),
                let source = candidate.source, let record = try book.record(of: candidate)
            else { continue }
            result.append(ChosenCondaRecord(record: record, source: source))
        }
        return result.sorted { $0.record.name < $1.record.name }
    }
}

/// A record that was chosen.
public struct ChosenCondaRecord: Sendable, Hashable {
    public let record: RepodataRecord
    /// The number of the folder that it is in, among the book's.
    public let source: Int
}

extension CondaDemand {
    /// As the solver takes it.
    var dependency: Dependency<CondaKey, CondaSpecID> {
        Dependency(.package(package), spec, isRequired: isRequired)
    }
}
