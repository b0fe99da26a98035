internal import PubGrub
internal import PythonPackaging

/// Puts what the indexes said into clauses: `pandas 2.0 and newer need numpy<2`.
struct FactWords: Sendable {
    typealias Node = Derivation<PackageKey, PackageConstraint, Unusable>.Node
    typealias Origin = Derivation<PackageKey, PackageConstraint, Unusable>.Origin

    /// Part of a sentence about the versions of a package.
    struct Clause: Sendable {
        let subject: VersionSetWords.Phrase
        /// What it needs; empty for other clauses.
        var objects: [String] = []
        /// Instead of a verb and objects.
        var predicate = ""
        /// Whether another thing may be named after the last one.
        var isOpen = true
        /// Whether it brings the objects in, or only limits them.
        var isRequired = true

        var text: String {
            guard !objects.isEmpty else { return "\(subject.text) \(predicate)" }
            let verb = isRequired ? "need" : "go"
            let form = subject.isPlural ? verb : isRequired ? "needs" : "goes"
            return "\(subject.text) \(form)\(isRequired ? "" : " only with") \(objects.listed("and"))"
        }
    }

    let scene: ConflictScene
    let names: PackageNames
    let sets: VersionSetWords
    let reasons: UnusableWords

    /// Versions of projects that cannot be used whatever else is chosen.
    private let excluded: [PackageName: CandidateSet]

    /// - Parameters:
    ///   - derivation: everything that was learnt.
    ///   - names: how packages are named, if not as this derivation tells.
    init(_ scene: ConflictScene, _ derivation: ConflictScene.Proof, names: PackageNames? = nil) {
        self.scene = scene
        var excluded: [PackageName: CandidateSet] = [:]
        for case .unusable(let key, let set, _) in derivation.nodes.map(\.origin) {
            guard let name = key.project else { continue }
            excluded[name] = excluded[name]?.union(set) ?? set
        }
        self.excluded = excluded
        let names = names ?? PackageNames(scene, derivation)
        self.names = names
        sets = VersionSetWords(scene, names)
        reasons = UnusableWords(python: scene.python, platform: scene.platform)
    }

    /// The clauses for facts, in their order; what the same versions need next to each other is one clause.
    func clauses(_ facts: [Node]) -> [Clause] {
        var result: [Clause] = []
        for clause in facts.flatMap(clauses) {
            if let last = result.last, last.isOpen, !last.objects.isEmpty, !clause.objects.isEmpty,
                last.subject.text == clause.subject.text, last.isRequired == clause.isRequired
            {
                result[result.count - 1].objects += clause.objects.filter { !last.objects.contains($0) }
                result[result.count - 1].isOpen = clause.isOpen
            } else {
                result.append(clause)
            }
        }
        return result
    }

    private func clauses(_ fact: Node) -> [Clause] {
        switch fact.origin {
        case .dependency(let who, let whose, let what, let constraints, let allowed):
            [link(who, what, constraints, allowed) ?? need(subject(who, whose), what, constraints, allowed)].compactMap(\.self)
        case .unusable(let key, let set, let reason): exclusions(key, [(set, reason)])
        case .together(let facts): together(facts, fact.claims)
        case .root, .lockstep, .derived: []
        }
    }

    // MARK: - Several facts as one

    /// - Parameter claims: what the facts are taken for, which may be less than what they say.
    private func together(_ facts: [Node], _ claims: [ConflictScene.Proof.Claim]) -> [Clause] {
        var exclusions: [(CandidateSet, Unusable)] = []
        var whole: (who: PackageKey, whose: CandidateSet, what: PackageKey, allowed: CandidateSet)?
        var constraints: [PackageConstraint] = []
        // Of a wish that nothing fulfils, no other one can be said to contain it.
        var hasEmpty = false
        var widest: (allowed: CandidateSet, constraints: [PackageConstraint])?
        for fact in facts {
            switch fact.origin {
            case .unusable(_, let set, let reason): exclusions.append((set, reason))
            case .dependency(let who, let whose, let what, let more, let allowed):
                whole = whole.map { ($0.who, $0.whose.union(whose), $0.what, $0.allowed.union(allowed)) }
                    ?? (who, whose, what, allowed)
                if allowed.candidates.isEmpty { hasEmpty = true }
                constraints += more.filter { !constraints.contains($0) }
                if widest.map({ $0.allowed.isSubset(of: allowed) }) ?? true { widest = (allowed, more) }
            case .root, .lockstep, .together, .derived: continue
            }
        }
        if let key = facts.first?.subject?.package, !exclusions.isEmpty { return self.exclusions(key, exclusions) }
        guard let whole else { return [] }
        // Where one wish contains all the others, it is enough.
        if let widest, widest.allowed == whole.allowed, !hasEmpty || widest.allowed.candidates.isEmpty {
            constraints = widest.constraints
        }
        let taken = claims.first { $0.package == whole.what }?.outcomes.complement
        if let link = link(whole.who, whole.what, constraints, taken ?? whole.allowed) { return [link].compactMap(\.self) }
        return [need(subject(whole.who, whole.whose), whole.what, constraints, taken ?? whole.allowed)]
    }

    private func subject(_ who: PackageKey, _ whose: CandidateSet) -> VersionSetWords.Phrase {
        sets.phrase(who, whose, gaps: who.project.flatMap { excluded[$0] })
    }

    /// Reasons that are alike are told of all their versions at once, the newest first.
    private func exclusions(_ key: PackageKey, _ all: [(set: CandidateSet, reason: Unusable)]) -> [Clause] {
        var groups: [(set: CandidateSet, reasons: [Unusable])] = []
        for (set, reason) in all {
            if let place = groups.firstIndex(where: { $0.reasons[0].isToldWith(reason) }) {
                groups[place].set.formUnion(set)
                if !groups[place].reasons.contains(reason) { groups[place].reasons.append(reason) }
            } else {
                groups.append((set, [reason]))
            }
        }
        return groups.map { group in
            let subject = sets.phrase(key, group.set)
            if case .noCompatibleWheel = group.reasons[0], subject.isEverything, subject.isPlural {
                let none = VersionSetWords.Phrase(text: "no version of \(sets.name(key))", isPlural: false)
                let predicate = reasons.predicate(group.reasons, isPlural: false)
                return Clause(
                    subject: none, predicate: predicate.replacing("has no wheel", with: "has a wheel"), isOpen: false)
            }
            return Clause(
                subject: subject, predicate: reasons.predicate(group.reasons, isPlural: subject.isPlural), isOpen: false)
        }
    }

    // MARK: - Needs

    private func need(
        _ subject: VersionSetWords.Phrase, _ what: PackageKey, _ constraints: [PackageConstraint],
        _ allowed: CandidateSet
    ) -> Clause {
        if names.condition(what) != nil { return condition(subject, what) }
        let tail = impossibility(what, constraints, allowed)
        return Clause(
            subject: subject, objects: [wish(what, constraints, allowed) + tail], isOpen: tail.isEmpty,
            isRequired: !allowed.allowsAbsence)
    }

    /// More spellings of a wish than this are told as the versions that they allow.
    static let spellings = 2

    private func wish(_ what: PackageKey, _ constraints: [PackageConstraint], _ allowed: CandidateSet) -> String {
        if case .conda = what { return condaWish(what, constraints, allowed) }
        let name = sets.name(what)
        if scene.isMissing(what.project) { return name }
        let texts = constraints.compactMap(\.versions).map { constraint in
            let origin = constraint.reference.map { " from \($0)" } ?? constraint.specifiers.inReadingOrder
            guard let demand = constraint.demand else { return name + origin }
            let setter = DemandWords.source(of: demand)
            let value = constraint.reference.map { "\($0)" } ?? (origin.isEmpty ? "any version" : origin)
            return "\(name), which \(setter) \(setter == "you" ? "set" : "sets") to \(value)"
        }.unique
        if texts.count > Self.spellings, !allowed.candidates.isEmpty {
            return sets.phrase(what, allowed, conjunction: "or").text
        }
        return texts.listed("or")
    }

    /// Why nothing can fulfil a wish, or only conda; empty where something can.
    func impossibility(_ what: PackageKey, _ constraints: [PackageConstraint], _ allowed: CandidateSet) -> String {
        if case .conda = what { return condaImpossibility(what, constraints, allowed) }
        guard let project = what.project else { return "" }
        guard allowed.candidates.isEmpty else { return scene.isOfCondaOnly(allowed, of: project) ? ", which only conda has" : "" }
        guard !allowed.allowsAbsence else { return "" }
        if scene.isMissing(project) { return ", which \(scene.lack(of: project))" }
        guard let newest = scene.table(of: project)?.versions.first else {
            return ", of which there is no version at all"
        }
        let isAboveAll = constraints.compactMap(\.versions).allSatisfy { constraint in
            constraint.specifiers.specifiers.contains { specifier in
                switch specifier.operator {
                case .atLeast, .above, .equal, .compatible: specifier.version.map { $0 > newest } ?? false
                case .atMost, .below, .notEqual, .identical: false
                }
            }
        }
        if isAboveAll { return ", but the newest \(project) is \(newest)" }
        return ", but there is no such version (\(sets.inventory(of: .project(project))))"
    }
}
