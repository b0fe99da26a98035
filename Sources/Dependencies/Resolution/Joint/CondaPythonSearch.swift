internal import CondaChannels
internal import CondaPackaging
internal import CondaSolving
internal import PubGrub

/// Finds the Pythons that what is asked of conda goes together with, the best one first: a Python of another series each time.
///
/// Markers and wheels need a Python before anything else is chosen.
struct CondaPythonSearch: Sendable {
    enum Found: Sendable {
        case python(CondaPython)
        /// There is none, or none of another series than those before.
        case failed(CondaSolver.Proof)
        /// Nothing that was asked for brings Python in.
        case none
    }

    let setting: CondaHalf.Setting
    private(set) var book: CondaBook
    /// Series that were found before.
    private var excluded: [MatchSpec] = []

    /// - Parameter pythons: Of their series none is looked for.
    init(_ setting: CondaHalf.Setting, book: CondaBook, after pythons: [CondaPython] = []) {
        self.setting = setting
        self.book = book
        excluded = pythons.compactMap(Self.exclusion)
    }

    private static func exclusion(_ python: CondaPython) -> MatchSpec? { try? MatchSpec(parsing: "python !=\(python.series).*") }

    /// - Throws: `CondaRequestError`, `CondaBookError`, `CondaChannelError`, `CondaPythonError`.
    mutating func next(_ source: any CondaPackageSource) async throws -> Found {
        var solver = try CondaSolver(
            book, requirements: setting.requirements.map(\.spec), constraints: setting.constraints.map(\.spec) + excluded)
        defer { book = solver.book }
        while true {
            switch try solver.advance() {
            case .needs(let names): try await source.load(names, in: setting.contents)
            case .failed(let proof): return .failed(proof)
            case .solved(let records):
                guard let record = records.first(where: { $0.record.name == .python })?.record else { return .none }
                let python = try CondaPython(record)
                if let exclusion = Self.exclusion(python) { excluded.append(exclusion) }
                return .python(python)
            }
        }
    }
}
