internal import PubGrub
internal import PythonPackaging

/// Says in plain words why there is no solution.
struct ConflictWords: Sendable {
    typealias Outline = Explanation<PackageKey, VersionConstraint, Unusable>
    typealias Claim = Derivation<PackageKey, VersionConstraint, Unusable>.Claim

    let sets: VersionSetWords
    let reasons: UnusableWords
    let facts: FactWords

    /// - Parameters:
    ///   - missing: projects that no index knows.
    ///   - indexes: the indexes that were asked, without credentials.
    init(
        tables: [PackageName: CandidateTable], missing: Set<PackageName>, indexes: [String], target: PythonTarget
    ) {
        sets = VersionSetWords(tables: tables)
        reasons = UnusableWords(target: target)
        facts = FactWords(sets: sets, reasons: reasons, missing: missing, indexes: indexes)
    }

    func conflict(_ derivation: Derivation<PackageKey, VersionConstraint, Unusable>) -> ResolutionConflict {
        let outline = Explanation(derivation)
        return ResolutionConflict(
            headline: "No set of packages meets the requirements", sentences: outline.steps.map(sentence),
            hints: facts.advice(derivation.nodes.map(\.origin)))
    }

    // MARK: - Sentences

    private func sentence(_ step: Outline.Step) -> String {
        var told: [Derivation<PackageKey, VersionConstraint, Unusable>.Origin] = []
        var links: [String] = []
        var continues = false
        for premise in step.premises {
            switch premise {
            case .previousStep: continues = true
            case .step(let label, let claims): links.append("\(conclusion(claims)) (\(label))")
            case .fact(let node): told.append(node.origin)
            }
        }
        let premises = facts.phrases(told) + links
        // Where the demand itself is impossible there is nothing to conclude.
        if let only = premises.first, premises.count == 1, !continues, told.allSatisfy(FactWords.isDemand), told.count == 1 {
            return only.prefix(1).uppercased() + only.dropFirst() + "."
        }
        let ending = conclusion(step.conclusion) + (step.label.map { " (\($0))" } ?? "")
        if premises.isEmpty { return "Therefore \(ending)." }
        return "\(continues ? "And because" : "Because") \(Self.joined(premises)), \(ending)."
    }

    private static func joined(_ clauses: [String]) -> String {
        guard let last = clauses.last, clauses.count > 1 else { return clauses.first ?? "" }
        return clauses.dropLast().joined(separator: ", ") + ", and " + last
    }

    /// What follows when the claims cannot all be true.
    private func conclusion(_ claims: [Claim]) -> String {
        let known = claims.filter { $0.package != .root }
        let present = known.filter { !$0.outcomes.allowsAbsence }
        let wanted = known.filter { $0.outcomes.allowsAbsence }.map { claim in
            sets.phrase(claim.package, claim.outcomes.complement, conjunction: "or").text
        }
        let subjects = present.map { sets.phrase($0.package, $0.outcomes) }
        guard !wanted.isEmpty else { return exclusion(subjects) }
        let wish = VersionSetWords.list(wanted, "or")
        guard let first = subjects.first else { return "your requirements need \(wish)" }
        if subjects.count == 1 { return "\(first.text) \(first.isPlural ? "need" : "needs") \(wish)" }
        return "\(VersionSetWords.list(subjects.map(\.text), "and")) together need \(wish)"
    }

    private func exclusion(_ subjects: [VersionSetWords.Phrase]) -> String {
        guard let first = subjects.first else { return "your requirements cannot be met" }
        if subjects.count == 1 { return "\(first.text) cannot be used" }
        return "\(VersionSetWords.list(subjects.map(\.text), "and")) cannot be used together"
    }
}
