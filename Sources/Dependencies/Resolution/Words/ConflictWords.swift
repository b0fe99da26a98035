internal import PubGrub
internal import PythonPackaging

/// Says in plain words why there is no solution.
struct ConflictWords: Sendable {
    typealias Proof = ConflictScene.Proof
    typealias Outline = Explanation<PackageKey, PackageConstraint, Unusable>

    private let scene: ConflictScene
    private let derivation: Proof
    private let facts: FactWords
    private let proof: Proof
    private let told: ToldFacts
    private let hold: PythonHoldWords

    /// More nodes than any proof has that a person could follow.
    private static let nodesOfAPuzzle = 5_000

    /// - Parameter derivation: the proof as the solver gave it.
    init(_ scene: ConflictScene, _ derivation: Proof) {
        self.scene = scene
        self.derivation = derivation
        facts = FactWords(scene, derivation)
        // A proof of puzzles cannot be made short, and every try costs as much as the proof itself.
        let isPuzzle = derivation.nodes.count > Self.nodesOfAPuzzle
        proof = derivation.shortened(maximumSteps: isPuzzle ? 5_000 : 100_000) { key in scene.versions(of: key)?.newestFirst }
        told = ToldFacts(proof, facts)
        hold = PythonHoldWords(facts, told)
    }

    /// What is asked for, of what cannot be met together.
    var demands: [DemandWords.Item] { told.demands + hold.demands }

    /// - Parameter alternatives: what was found to do in the place of single demands.
    func conflict(_ alternatives: [Alternatives.Found] = []) -> ResolutionConflict {
        let steps = Outline(proof).steps
        let hints = ConflictHints(facts, whole: derivation, told: told, alternatives)
        return ResolutionConflict(
            headline: ConflictHeadline(facts, told).text, sentences: sentences(steps) + hold.sentences, hints: hints.texts,
            askers: demands.map { $0.demand?.asker ?? Asker("you") })
    }

    // MARK: - Sentences

    /// More than this are not read by anybody.
    private static let sentencesTold = 15
    /// The facts that are told of a proof that is too long.
    private static let examplesTold = 5

    private func sentences(_ steps: [Outline.Step]) -> [String] {
        guard steps.count <= Self.sentencesTold else { return outline(steps.count) }
        let sentences = steps.dropLast().map(lemma) + (steps.last.map(ending) ?? [])
        return sentences.count <= Self.sentencesTold ? sentences : outline(sentences.count)
    }

    /// What a long proof is about, in a few sentences.
    private func outline(_ count: Int) -> [String] {
        let clauses = facts.clauses(told.others).map(\.text).unique
        let examples = clauses.prefix(Self.examplesTold).map { "\($0).".capitalisedAsSentence }
        return DemandWords.clauses(told.demands).map { "\($0).".capitalisedAsSentence }
            + ["No choice among their versions works. The proof has \(count) steps and rests on \(clauses.count) facts such as these:"]
            + examples
    }

    /// `foo 1 cannot be used: foo 1 needs a<2, and …`
    private func lemma(_ step: Outline.Step) -> String {
        let (demands, clauses) = parts(of: step)
        let reasons = DemandWords.clauses(demands) + clauses
        return "\(conclusion(step.conclusion)): \(reasons.joinedAsClauses).".capitalisedAsSentence
    }

    /// What is asked for, and what stands against it: one sentence where that is short, or one for every two or three.
    private func ending(_ step: Outline.Step) -> [String] {
        let (demands, clauses) = parts(of: step)
        let asked = DemandWords.clauses(demands)
        let isPlain = demands.allSatisfy(\.tail.isEmpty) && clauses.allSatisfy { !$0.contains(", but ") }
        if isPlain, asked.count == 1, clauses.count == 1, asked[0].count + clauses[0].count < 140 {
            return ["\(asked[0]), but \(clauses[0]).".capitalisedAsSentence]
        }
        return asked.map { "\($0).".capitalisedAsSentence } + Self.packed(clauses)
    }

    /// Short clauses that follow one another share a sentence.
    private static func packed(_ clauses: [String]) -> [String] {
        var groups: [[String]] = []
        for clause in clauses {
            if let last = groups.last, last.count < 3, last.reduce(clause.count, { $0 + $1.count }) < 90 {
                groups[groups.count - 1].append(clause)
            } else {
                groups.append([clause])
            }
        }
        return groups.map { "\($0.joinedAsClauses).".capitalisedAsSentence }
    }

    private func parts(of step: Outline.Step) -> (demands: [DemandWords.Item], clauses: [String]) {
        var demands: [DemandWords.Item] = []
        var told: [Proof.Node] = []
        var clauses: [String] = []
        var links: [(number: Int, claims: [Proof.Claim])] = []
        for premise in step.premises {
            switch premise {
            case .fact(let node):
                if let demand = facts.demand(node) { demands.append(demand) } else { told.append(node) }
            case .step(let number, let claims): links.append((number, claims))
            }
        }
        // What the machine has is no news before it is clear who asks for it.
        let (given, others) = (told.filter(\.isGiven), told.filter { !$0.isGiven })
        clauses = facts.clauses(others + given).map(\.text) + linked(links)
        return (demands, clauses)
    }

    // MARK: - Conclusions

    /// Earlier conclusions with their numbers; what is said of versions of one package is said once.
    private func linked(_ links: [(number: Int, claims: [Proof.Claim])]) -> [String] {
        var texts: [String] = []
        var excluded: [(key: PackageKey, set: CandidateSet, numbers: [Int])] = []
        for (number, claims) in links {
            let known = claims.filter { $0.package != .root }
            guard known.count == 1, let only = known.first, !only.outcomes.allowsAbsence else {
                texts.append("\(conclusion(claims)) (\(number))")
                continue
            }
            if let place = excluded.firstIndex(where: { $0.key == only.package }) {
                excluded[place].set.formUnion(only.outcomes)
                excluded[place].numbers.append(number)
            } else {
                excluded.append((only.package, only.outcomes, [number]))
            }
        }
        return texts
            + excluded.map { item in
                let numbers = item.numbers.sorted().map(String.init).joined(separator: ", ")
                return "\(exclusion([facts.sets.phrase(item.key, item.set)], key: item.key)) (\(numbers))"
            }
    }

    /// What follows when the claims cannot all be true.
    private func conclusion(_ claims: [Proof.Claim]) -> String {
        let known = claims.filter { $0.package != .root }
        let present = known.filter { !$0.outcomes.allowsAbsence }
        let wanted = known.filter { $0.outcomes.allowsAbsence }.map { claim in
            facts.sets.phrase(claim.package, claim.outcomes.complement, conjunction: "or").text
        }
        let subjects = present.map { facts.sets.phrase($0.package, $0.outcomes) }
        guard !wanted.isEmpty else { return exclusion(subjects, key: present.first?.package) }
        let wish = wanted.listed("or")
        guard let first = subjects.first else { return "what is asked for leads to \(wish)" }
        if subjects.count == 1 { return "\(first.text) \(first.isPlural ? "lead" : "leads") to \(wish)" }
        return "\(subjects.map(\.text).listed("and")) together lead to \(wish)"
    }

    private func exclusion(_ subjects: [VersionSetWords.Phrase], key: PackageKey?) -> String {
        guard let first = subjects.first else { return "what is asked for cannot be met" }
        guard subjects.count == 1 else { return "\(subjects.map(\.text).listed("and")) cannot be used together" }
        if first.isEverything, first.isPlural, let key {
            return "no version of \(facts.sets.name(key)) can be used"
        }
        return "\(first.text) cannot be used"
    }
}

extension Derivation.Node where Package == PackageKey {
    /// Whether it tells what is there without being asked for.
    fileprivate var isGiven: Bool {
        if case .dependency(.root, _, .conda, _, _) = origin { true } else { false }
    }
}
