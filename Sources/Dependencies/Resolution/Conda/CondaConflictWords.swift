import CondaChannels
import CondaPackaging
import CondaSolving
internal import PubGrub

/// Says in plain words why conda packages do not go together.
struct CondaConflictWords {
    private typealias Proof = CondaSolver.Proof
    private typealias Outline = Explanation<CondaKey, CondaSpecID, CondaUnusable>

    private let proof: Proof
    private let book: CondaBook
    private let sets: CondaSetWords
    private let request: CondaRequest
    private let target: CondaTarget
    private let contents: [ChannelContent]

    init(
        _ proof: CondaSolver.Proof, _ book: CondaBook, _ request: CondaRequest, _ target: CondaTarget, _ contents: [ChannelContent]
    ) {
        let sets = CondaSetWords(book: book)
        self.proof = proof.shortened(newestFirst: sets.newestFirst)
        self.book = book
        self.sets = sets
        self.request = request
        self.target = target
        self.contents = contents
    }

    var conflict: ResolutionConflict {
        let steps = Outline(proof).steps
        let demands = self.demands
        return ResolutionConflict(
            headline: headline(demands), sentences: steps.dropLast().map(lemma) + (steps.last.map(ending) ?? []),
            hints: CondaConflictHints(proof, book, target, contents).texts, askers: demands.map { $0.asker ?? Asker("you") })
    }

    /// What was asked for, of what cannot be met together.
    private var demands: [CondaRequirement] {
        var names: [CondaKey] = []
        for node in proof.nodes.flatMap(\.facts) {
            guard case .dependency(of: .root, _, let key, _, _) = node.origin, !names.contains(key) else { continue }
            names.append(key)
        }
        return (request.requirements + request.constraints).filter { requirement in
            names.contains { sets.name($0) == requirement.spec.name.description }
        }
    }

    private func headline(_ demands: [CondaRequirement]) -> String {
        let texts = demands.map(\.spelled).unique
        guard let first = texts.first else { return "The conda packages that are asked for do not go together" }
        return texts.count == 1 ? "\(first) cannot be had" : "\(texts.listed("and")) do not go together"
    }

    // MARK: - Sentences

    private func lemma(_ step: Outline.Step) -> String {
        "\(conclusion(step.conclusion)): \(clauses(step).joinedAsClauses).".capitalisedAsSentence
    }

    private func ending(_ step: Outline.Step) -> [String] {
        let all = clauses(step)
        guard all.count > 3 else { return ["\(all.joinedAsClauses).".capitalisedAsSentence] }
        return all.map { "\($0).".capitalisedAsSentence }
    }

    private func clauses(_ step: Outline.Step) -> [String] {
        step.premises.flatMap { premise -> [String] in
            switch premise {
            case .fact(let node): node.facts.map(clause).filter { !$0.isEmpty }.unique
            case .step(let number, let claims): ["\(conclusion(claims)) (\(number))"]
            }
        }.unique
    }

    private func clause(_ node: Proof.Node) -> String {
        switch node.origin {
        case .dependency(of: .root, _, let what, let specs, let allowed): demand(what, specs, allowed)
        case .dependency(let who, let whose, let what, let specs, let allowed):
            need(sets.phrase(who, whose), what, specs, allowed)
        case .unusable(let key, let set, let reason): "\(sets.phrase(key, set).text) \(words(of: reason))"
        case .root, .lockstep, .together, .derived: ""
        }
    }

    private func words(of reason: CondaUnusable) -> String {
        switch reason {
        case .malformedSpec(let text): "has a dependency that cannot be read: '\(text)'"
        case .tooManyAlternatives(let text): "has a dependency with a condition of too many parts: '\(text)'"
        case .patternInDependency(let text): "has a dependency that names no single package: '\(text)'"
        }
    }

    private func demand(_ what: CondaKey, _ specs: [CondaSpecID], _ allowed: CandidateSet) -> String {
        let name = sets.name(what)
        if name.hasPrefix("__") { return "the platform has \(name) \(sets.inventory(what).replacing("only ", with: ""))" }
        let asked = (allowed.allowsAbsence ? request.constraints : request.requirements).filter { $0.spec.name.description == name }
        let texts = asked.map(\.spelled).unique
        let asker = asked.first?.asker?.words ?? "you"
        let verb = allowed.allowsAbsence ? (asker == "you" ? "allow only" : "allows only") : (asker == "you" ? "ask for" : "asks for")
        return "\(asker) \(verb) \((texts.isEmpty ? [name] : texts).listed("and"))\(impossibility(what, allowed))"
    }

    private func need(_ who: CondaSetWords.Phrase, _ what: CondaKey, _ specs: [CondaSpecID], _ allowed: CandidateSet) -> String {
        let verb = allowed.allowsAbsence ? (who.isPlural ? "allow only" : "allows only") : (who.isPlural ? "need" : "needs")
        let texts = specs.map(book.text).unique
        let wish = texts.count > 2 && !allowed.candidates.isEmpty ? sets.phrase(what, allowed, conjunction: "or").text : texts.listed("or")
        return "\(who.text) \(verb) \(wish)\(impossibility(what, allowed))"
    }

    /// Why nothing can fulfil a wish; empty where something can.
    private func impossibility(_ what: CondaKey, _ allowed: CandidateSet) -> String {
        guard allowed.candidates.isEmpty, !allowed.allowsAbsence else { return "" }
        let inventory = sets.inventory(what)
        guard inventory == "none" else { return ", but there is no such build (there is \(inventory))" }
        if sets.name(what).hasPrefix("__") { return ", which \(target.subdir) does not have here" }
        let names = request.channels.map(\.name)
        return ", which \(names.listed("and")) \(names.count == 1 ? "does" : "do") not have for \(target.subdir)"
    }

    // MARK: - Conclusions

    private func conclusion(_ claims: [Proof.Claim]) -> String {
        let known = claims.filter { $0.package != .root }
        let present = known.filter { !$0.outcomes.allowsAbsence }.map { sets.phrase($0.package, $0.outcomes) }
        let wanted = known.filter { $0.outcomes.allowsAbsence }.map {
            sets.phrase($0.package, $0.outcomes.complement, conjunction: "or").text
        }
        guard let first = present.first else {
            return wanted.isEmpty ? "what is asked for cannot be met" : "what is asked for leads to \(wanted.listed("or"))"
        }
        let subject = present.map(\.text).listed("and")
        if wanted.isEmpty { return present.count == 1 ? "\(subject) cannot be used" : "\(subject) cannot be used together" }
        if present.count > 1 { return "\(subject) together lead to \(wanted.listed("or"))" }
        return "\(subject) \(first.isPlural ? "lead" : "leads") to \(wanted.listed("or"))"
    }
}

extension Derivation.Node {
    /// What was told to the solver, one by one.
    var facts: [Derivation.Node] {
        switch origin {
        case .together(let facts): facts
        case .dependency, .unusable: [self]
        case .root, .lockstep, .derived: []
        }
    }
}
