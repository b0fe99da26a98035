internal import PubGrub
internal import PythonPackaging

/// Puts what the indexes and the person said into clauses, several like facts into one.
struct FactWords: Sendable {
    typealias Origin = Derivation<PackageKey, VersionConstraint, Unusable>.Origin

    let sets: VersionSetWords
    let reasons: UnusableWords
    let missing: Set<PackageName>
    let indexes: [String]

    /// One clause for each subject, what packages say first and what the person asked for last.
    func phrases(_ facts: [Origin]) -> [String] {
        var clauses: [String] = []
        var done = [Bool](repeating: false, count: facts.count)
        for (position, fact) in facts.enumerated() where !done[position] && !Self.isDemand(fact) {
            let group = facts.indices.filter { !done[$0] && Self.isLike(fact, facts[$0]) }
            for member in group { done[member] = true }
            clauses += phrases(alike: group.map { facts[$0] }.sorted { Self.oldest($0) > Self.oldest($1) })
        }
        let demands = facts.filter(Self.isDemand)
        if !demands.isEmpty { clauses.append(demandPhrase(demands)) }
        return clauses
    }

    /// Whether it is something that the person asked for.
    static func isDemand(_ fact: Origin) -> Bool {
        if case .dependency(.root, _, _, _, _) = fact { true } else { false }
    }

    private static func isLike(_ left: Origin, _ right: Origin) -> Bool {
        switch (left, right) {
        case (.dependency(let a, _, let b, _, _), .dependency(let x, _, let y, _, _)): a == x && b == y
        case (.unusable(let a, _, .python), .unusable(let x, _, .python)): a == x
        case (.unusable(let a, _, let b), .unusable(let x, _, let y)): a == x && b.isLike(y)
        default: false
        }
    }

    /// A greater number for older versions.
    private static func oldest(_ fact: Origin) -> Int {
        switch fact {
        case .dependency(_, let set, _, _, _), .unusable(_, let set, _): set.best ?? 0
        case .root, .lockstep, .derived: 0
        }
    }

    private func phrases(alike facts: [Origin]) -> [String] {
        guard let first = facts.first else { return [] }
        switch first {
        case .dependency: return dependencyPhrases(facts)
        case .unusable(let key, var set, _):
            var all: [Unusable] = []
            for case .unusable(_, let more, let reason) in facts {
                set.formUnion(more)
                all.append(reason)
            }
            let subject = sets.phrase(key, set)
            return ["\(subject.text) \(reasons.predicate(all, isPlural: subject.isPlural))"]
        case .root, .lockstep, .derived: return []
        }
    }

    // MARK: - Dependencies

    /// More facts about one pair of packages than this are told together.
    private static let separateFacts = 3

    private func dependencyPhrases(_ facts: [Origin]) -> [String] {
        guard facts.count > Self.separateFacts, case .dependency(let who, var whose, let what, _, var allowed)? = facts.first
        else { return facts.map(dependencyPhrase) }
        for case .dependency(_, let more, _, _, let others) in facts {
            whose.formUnion(more)
            allowed.formUnion(others)
        }
        guard !allowed.candidates.isEmpty else { return [dependencyPhrase(facts[0])] }
        let subject = sets.phrase(who, whose)
        let object = sets.phrase(what, allowed, conjunction: "or").text
        return ["\(subject.text) \(subject.isPlural ? "need" : "needs") \(object)"]
    }

    private func dependencyPhrase(_ fact: Origin) -> String {
        guard case .dependency(let who, let whose, let what, let constraints, let allowed) = fact else { return "" }
        let subject = sets.phrase(who, whose)
        return "\(subject.text) \(subject.isPlural ? "need" : "needs") \(wish(what, constraints, allowed))"
            + impossibility(what, allowed)
    }

    private func wish(_ what: PackageKey, _ constraints: [VersionConstraint], _ allowed: CandidateSet) -> String {
        let name = VersionSetWords.name(what)
        if let project = what.project, missing.contains(project) { return name }
        if constraints.count > 2, !allowed.candidates.isEmpty {
            return sets.phrase(what, allowed, conjunction: "or").text
        }
        return VersionSetWords.list(constraints.map { Self.wish(name, $0) }, "or")
    }

    /// `b>=2`, or `b from /src/b`.
    private static func wish(_ name: String, _ constraint: VersionConstraint) -> String {
        constraint.reference.map { "\(name) from \($0)" } ?? name + constraint.specifiers.description
    }

    /// Why nothing can fulfil a wish; empty where something can.
    private func impossibility(_ what: PackageKey, _ allowed: CandidateSet) -> String {
        guard allowed.candidates.isEmpty, let project = what.project else { return "" }
        if missing.contains(project) { return ", which \(Self.lack(indexes))" }
        return ", of which there is no version (\(sets.inventory(of: project)))"
    }

    private static func lack(_ indexes: [String]) -> String {
        switch indexes.count {
        case 0: "no package index has"
        case 1: "the package index \(indexes[0]) does not have"
        default: "none of the package indexes \(VersionSetWords.list(indexes, "and")) has"
        }
    }

    // MARK: - Demands

    private func demandPhrase(_ demands: [Origin]) -> String {
        var items: [String] = []
        for case .dependency(_, _, let what, let constraints, let allowed) in demands {
            let spelled = constraints.first?.demand?.spelled ?? VersionSetWords.name(what)
            let item = spelled + impossibility(what, allowed)
            if !items.contains(item) { items.append(item) }
        }
        return "you asked for \(VersionSetWords.list(items, "and", limit: 8))"
    }

    // MARK: - Advice

    /// What may be done, each piece once.
    func advice(_ facts: [Origin]) -> [String] {
        var result: [String] = []
        func add(_ text: String?) {
            if let text, !result.contains(text) { result.append(text) }
        }
        for fact in facts {
            switch fact {
            case .unusable(_, _, let reason): add(UnusableWords.help(reason))
            case .dependency(_, _, let what, _, let allowed):
                guard allowed.candidates.isEmpty, let project = what.project, missing.contains(project) else { continue }
                add("check the spelling of \(project), and which package index is asked")
            case .root, .lockstep, .derived: continue
            }
        }
        return result
    }
}
