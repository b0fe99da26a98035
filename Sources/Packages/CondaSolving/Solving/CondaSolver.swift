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
    private let question: Question
    /// An answer with tracked features that perhaps nothing needs.
    private var first: [ChosenCondaRecord]?

    /// What was asked, to ask it again.
    private struct Question {
        let book: CondaBook
        let requirements: [MatchSpec]
        let constraints: [MatchSpec]
    }

    /// - Parameters:
    ///   - requirements: What has to be installed.
    ///   - constraints: What limits packages that something else brings in.
    public init(
        _ book: CondaBook, requirements: [MatchSpec], constraints: [MatchSpec] = []
    ) throws(CondaRequestError) {
        question = Question(book: book, requirements: requirements, constraints: constraints)
        (self.book, solver) = try Self.start(question)
    }

    private static func start(
        _ question: Question
    ) throws(CondaRequestError) -> (CondaBook, DependencySolver<CondaKey, CondaSpecID, CondaUnusable>) {
        var book = question.book
        var demands: [CondaDemand] = []
        for package in book.virtualPackages {
            demands.append(CondaDemand(package: book.number(of: package.name), spec: .anything, isRequired: true))
        }
        for spec in question.requirements { demands += try book.demands(of: spec) }
        for spec in question.constraints { demands += try book.demands(of: spec, isRequired: false) }
        return (book, DependencySolver(root: .root, requirements: demands.map(\.dependency), keepsNamedFirst: true))
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
    ///
    /// An answer with tracked features that perhaps nothing needs is looked at twice: the solver is asked again without these
    /// records, and the second answer counts where it has the same of what was asked for.
    public mutating func advance(maximumSteps: Int) throws(CondaBookError) -> Step? {
        while solver.statistics.steps < maximumSteps {
            let known = book
            let step = solver.advance(stretch: maximumSteps) { key, spec in
                guard case .package(let package) = key else { return CandidateSet(noneOf: 1) }
                return known.candidates(matching: spec, of: package)
            }
            switch step {
            case .solved(let chosen):
                let records = try records(of: chosen)
                if let first { return .solved(isAsGood(records, as: first) ? records : first) }
                guard try askAgain(withoutFeaturesOf: avoidable(chosen), keeping: records) else { return .solved(records) }
            case .failed(let proof): return first.map { .solved($0) } ?? .failed(proof)
            case .unfinished: return first.map { .solved($0) }
            case .needs(let needs):
                var missing: [CondaName] = []
                for need in needs { missing += try answer(need) }
                guard missing.isEmpty else { return .needs(Array(Set(missing)).sorted()) }
            }
        }
        return first.map { .solved($0) }
    }

    // MARK: - Tracked features

    /// Packages that came to a record with tracked features, though they have others. Such a record is the last that is wanted,
    /// but it is the best that is left where the others were ruled out for a reason that may not stay.
    private func avoidable(_ chosen: [CondaKey: Int]) -> Set<CondaName> {
        var names: Set<CondaName> = []
        for case (.package(let package), let number) in chosen {
            guard case .package(let name) = book.kind(of: package), !book.direct.contains(name),
                book.candidate(number, of: package)?.hasTrackFeatures == true,
                book.candidates(of: package).contains(where: { !$0.hasTrackFeatures })
            else { continue }
            names.insert(name)
        }
        return names
    }

    /// Begins anew without these records, if there are any.
    private mutating func askAgain(
        withoutFeaturesOf names: Set<CondaName>, keeping answer: [ChosenCondaRecord]
    ) throws(CondaBookError) -> Bool {
        guard !names.isEmpty else { return false }
        var again = question.book
        again.sources = book.sources
        again.withoutFeatures = names
        let question = Question(book: again, requirements: question.requirements, constraints: question.constraints)
        guard let (book, solver) = try? Self.start(question) else { return false }
        first = answer
        self.book = book
        self.solver = solver
        return true
    }

    /// Whether what was asked for by name has the same versions and builds.
    private func isAsGood(_ records: [ChosenCondaRecord], as others: [ChosenCondaRecord]) -> Bool {
        func named(_ records: [ChosenCondaRecord]) -> [ChosenCondaRecord] { records.filter { book.direct.contains($0.record.name) } }
        return named(records) == named(others)
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
