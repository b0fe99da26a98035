/// Why nothing goes together with one Python after the other.
struct PythonFailures: Sendable {
    private var conflicts: [(python: CondaPython, conflict: ResolutionConflict)] = []

    var isEmpty: Bool { conflicts.isEmpty }

    mutating func add(_ conflict: ResolutionConflict, python: CondaPython) { conflicts.append((python, conflict)) }

    /// The conflict with the first Python; what is in the way with others is added where it is something else.
    var conflict: ResolutionConflict? {
        guard let (python, first) = conflicts.first else { return nil }
        let known = Self.reason(first, python)
        var others: [(reason: String, headline: String, pythons: [String])] = []
        for (python, conflict) in conflicts.dropFirst() {
            let reason = Self.reason(conflict, python)
            guard reason != known else { continue }
            if let place = others.firstIndex(where: { $0.reason == reason }) {
                others[place].pythons.append(python.series)
            } else {
                others.append((reason, conflict.headline, [python.series]))
            }
        }
        guard !others.isEmpty else { return first }
        let more = others.map { "With Python \($0.pythons.listed("or")): \($0.headline)." }
        return ResolutionConflict(
            headline: "\(first.headline) (with Python \(python.series))", sentences: first.sentences + more, hints: first.hints,
            askers: first.askers)
    }

    /// The headline as it is for every Python.
    private static func reason(_ conflict: ResolutionConflict, _ python: CondaPython) -> String {
        conflict.headline.replacing("\(python.version)", with: "").replacing(python.series, with: "")
    }
}
