internal import PubGrub
internal import PythonPackaging

/// Finds a short marker that is true for some targets of a lock and false for its others.
///
/// What it says of targets that the lock is not for does not matter: `environments` keeps those away.
struct MarkerChooser {
    private typealias Places = MarkerTerm.Places

    private let count: Int
    private let terms: [MarkerTerm]
    private var known: [Places: Marker] = [:]

    /// - Parameter facts: Those of all targets, each once.
    init(_ facts: [TargetFacts]) {
        count = facts.count
        terms = count > 1 ? MarkerTerm.all(about: facts) : []
    }

    /// The marker for the facts at some places; `nil` for all of them.
    mutating func marker(for chosen: Set<Int>) -> Marker? {
        guard chosen.count < count else { return nil }
        let places = Places(chosen, of: count)
        if let marker = known[places] { return marker }
        // It can be read: variables and values are plain words, and the facts of every target make a term.
        let marker = try? Marker(parsing: Self.text(cover(places)))
        known[places] = marker
        return marker
    }

    /// The terms that together hold exactly there: one if one does, otherwise those that cover most, one after the other.
    private func cover(_ places: Places) -> [MarkerTerm] {
        let fitting = terms.filter { $0.places.isSubset(of: places) }
        if let exact = fitting.first(where: { $0.places == places }) { return [exact] }
        var open = places
        var chosen: [MarkerTerm] = []
        while !open.isEmpty {
            var best: (count: Int, term: MarkerTerm)?
            for term in fitting {
                let count = term.places.intersection(open).count
                if count > best?.count ?? 0 { best = (count, term) }
            }
            guard let best else { break }
            chosen.append(best.term)
            open = open.subtracting(best.term.places)
        }
        return needed(chosen, for: places)
    }

    /// Without those whose places the others cover.
    private func needed(_ chosen: [MarkerTerm], for places: Places) -> [MarkerTerm] {
        var kept = chosen
        for position in chosen.indices.reversed() {
            var others = kept
            others.remove(at: position)
            let covered = others.reduce(into: Places(noneOf: count)) { $0.formUnion($1.places) }
            if covered == places { kept = others }
        }
        return kept
    }

    private static func text(_ terms: [MarkerTerm]) -> String {
        terms.map { term in
            let text = term.comparisons.joined(separator: " and ")
            return terms.count > 1 && term.comparisons.count > 1 ? "(\(text))" : text
        }.joined(separator: " or ")
    }
}
