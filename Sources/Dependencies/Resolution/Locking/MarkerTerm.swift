internal import PubGrub
internal import PythonPackaging

/// Comparisons that all have to be true (`sys_platform == "linux" and python_version < "3.11"`), with the places among
/// the targets' facts where they are.
struct MarkerTerm: Sendable {
    typealias Places = CandidateSet

    let comparisons: [String]
    let places: Places

    /// All terms with at most one condition on each variable, the shortest first; of those that are true in the same places
    /// only the first.
    static func all(about facts: [TargetFacts]) -> [MarkerTerm] {
        let list = FactList(facts: facts)
        let variables = [
            list.conditions(on: "sys_platform", \.system), list.pythonConditions,
            list.conditions(on: "platform_machine", \.machine),
            list.conditions(on: "implementation_name", \.implementation),
        ]
        var terms = [MarkerTerm(comparisons: [], places: Places(allOf: facts.count))]
        for conditions in variables {
            terms += terms.flatMap { term in conditions.map { term.and($0) } }
            terms = distinct(terms)
        }
        return terms.filter { !$0.places.isEmpty }
    }

    private static func distinct(_ terms: [MarkerTerm]) -> [MarkerTerm] {
        let shortestFirst = terms.enumerated().sorted { left, right in
            let counts = (left.element.comparisons.count, right.element.comparisons.count)
            return counts.0 != counts.1 ? counts.0 < counts.1 : left.offset < right.offset
        }
        var seen: Set<Places> = []
        return shortestFirst.map(\.element).filter { seen.insert($0.places).inserted }
    }

    private func and(_ other: MarkerTerm) -> MarkerTerm {
        MarkerTerm(comparisons: comparisons + other.comparisons, places: places.intersection(other.places))
    }
}

/// The conditions on single variables that tell some facts from others.
private struct FactList {
    let facts: [TargetFacts]

    private func term(_ comparisons: [String], where isTrue: (TargetFacts) -> Bool) -> MarkerTerm {
        let places = facts.indices.filter { isTrue(facts[$0]) }
        return MarkerTerm(comparisons: comparisons, places: CandidateSet(places, of: facts.count))
    }

    /// Being a value, and not being it; the plainest first.
    func conditions(on variable: String, _ fact: (TargetFacts) -> String) -> [MarkerTerm] {
        let values = Set(facts.map(fact)).sorted()
        guard values.count > 1 else { return [] }
        let equal = values.map { value in term(["\(variable) == \"\(value)\""]) { fact($0) == value } }
        let different = values.map { value in term(["\(variable) != \"\(value)\""]) { fact($0) != value } }
        return equal + different
    }

    /// The series of Python have an order, so there are `<`, `>=`, and between two as well.
    var pythonConditions: [MarkerTerm] {
        let name = "python_version"
        let series = Set(facts.map(\.python)).sorted { left, right in
            guard let left = try? Version(parsing: left), let right = try? Version(parsing: right) else { return false }
            return left < right
        }
        func condition(_ comparisons: [String], _ range: some Sequence<String>) -> MarkerTerm {
            let values = Set(range)
            return term(comparisons) { values.contains($0.python) }
        }
        var terms: [MarkerTerm] = []
        for (place, text) in series.enumerated().dropFirst() {
            terms.append(condition(["\(name) < \"\(text)\""], series[..<place]))
            terms.append(condition(["\(name) >= \"\(text)\""], series[place...]))
        }
        terms += conditions(on: name, \.python)
        for first in series.indices.dropFirst() {
            for last in series.indices.dropFirst(first + 2) {
                let comparisons = ["\(name) >= \"\(series[first])\"", "\(name) < \"\(series[last])\""]
                terms.append(condition(comparisons, series[first..<last]))
            }
        }
        return terms
    }
}
