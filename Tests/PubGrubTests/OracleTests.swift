import PubGrub
import Testing

/// The solver beside trying everything, in small random worlds.
@Suite("Against an oracle")
struct OracleTests {
    @Test("same verdict; answers hold and refusals are proofs", arguments: 0..<40)
    func randomWorlds(block: Int) {
        var verdicts = (solved: 0, failed: 0)
        for seed in 0..<50 {
            var generator = SmallGenerator(seed: UInt64(block * 50 + seed + 1))
            let universe = RandomUniverse.make(&generator)
            var solver = universe.solver()
            let solvable = BruteForce(universe).isSolvable
            switch universe.run(&solver) {
            case .solved(let chosen):
                verdicts.solved += 1
                #expect(solvable, "seed \(block)/\(seed): \(universe)")
                #expect(BruteForce(universe).accepts(chosen), "seed \(block)/\(seed): \(chosen) in \(universe)")
            case .failed(let proof):
                verdicts.failed += 1
                #expect(!solvable, "seed \(block)/\(seed): \(universe)")
                #expect(ProofChecker(universe).flaw(in: proof) == nil, "seed \(block)/\(seed): \(universe)")
                let short = proof.shortened { universe.versions(of: $0).indices.map { $0 } }
                #expect(ProofChecker(universe).flaw(in: short) == nil, "seed \(block)/\(seed): \(universe)")
                for told in [Explanation(proof), Explanation(short)] {
                    #expect(ProofChecker(universe).flaw(in: told, of: proof) == nil, "seed \(block)/\(seed): \(universe)")
                }
            case .needs, .unfinished:
                Issue.record("seed \(block)/\(seed) did not end")
            }
        }
        #expect(verdicts.solved > 0 && verdicts.failed > 0, "one-sided worlds test little: \(verdicts)")
    }
}

enum RandomUniverse {
    static func make(_ generator: inout SmallGenerator) -> Universe {
        var universe = Universe()
        let names = (0..<(2 + generator.next(below: 4))).map { "p\($0)" }
        for name in names {
            let count = generator.next(below: 20) == 0 ? 0 : 1 + generator.next(below: 4)
            universe.releases[name] = (0..<count).reversed().map { release($0 + 1, names, &generator) }
        }
        if generator.next(below: 2) == 0 {
            universe.bases["p0[x]"] = "p0"
            universe.releases["p0[x]"] = universe.list("p0").map { release($0.version, names, &generator) }
            universe.root.append(want(of: ["p0[x]"], &generator))
        }
        for _ in 0...generator.next(below: 3) { universe.root.append(want(of: names, &generator)) }
        for _ in 0..<generator.next(below: 3) {
            var limit = want(of: names, &generator)
            limit.isRequired = false
            universe.limits.append(limit)
        }
        return universe
    }

    private static func release(
        _ version: Int, _ names: [String], _ generator: inout SmallGenerator
    ) -> Universe.Release {
        let wants = (0..<generator.next(below: 3)).map { _ in want(of: names, &generator) }
        return .init(version: version, wants: wants, isBroken: generator.next(below: 8) == 0)
    }

    private static func want(of names: [String], _ generator: inout SmallGenerator) -> Universe.Want {
        let operation = ["", "==", "!=", ">=", "<=", "<", ">"][generator.next(below: 7)]
        let text = operation.isEmpty ? "" : "\(operation)\(1 + generator.next(below: 4))"
        return .init(
            package: names[generator.next(below: names.count)], range: .init(text: text),
            isRequired: generator.next(below: 6) != 0)
    }
}

/// Tries every combination.
struct BruteForce {
    let universe: Universe
    private let names: [String]

    init(_ universe: Universe) {
        self.universe = universe
        names = universe.releases.keys.sorted()
    }

    var isSolvable: Bool { search(0, [:]) }

    private func search(_ position: Int, _ chosen: [String: Int]) -> Bool {
        guard position < names.count else { return accepts(chosen) }
        var chosen = chosen
        if search(position + 1, chosen) { return true }
        for candidate in universe.versions(of: names[position]).indices {
            chosen[names[position]] = candidate
            if search(position + 1, chosen) { return true }
        }
        return false
    }

    func accepts(_ chosen: [String: Int]) -> Bool {
        guard holds(universe.root + universe.limits, chosen) else { return false }
        return chosen.allSatisfy { name, candidate in
            let release = universe.release(name, candidate)
            let base = universe.bases[name]
            return !release.isBroken && holds(release.wants, chosen) && (base.map { chosen[$0] == candidate } ?? true)
        }
    }

    private func holds(_ wants: [Universe.Want], _ chosen: [String: Int]) -> Bool {
        wants.allSatisfy { want in
            guard let candidate = chosen[want.package] else { return !want.isRequired }
            return want.range.contains(universe.versions(of: want.package)[candidate])
        }
    }
}

/// Checks that a refusal follows, step by step, from what is written in the universe.
struct ProofChecker {
    let universe: Universe

    init(_ universe: Universe) { self.universe = universe }

    func flaw(in proof: UniverseProof) -> String? {
        for (position, node) in proof.nodes.enumerated() {
            switch node.origin {
            case .root: break
            case .dependency, .unusable:
                if let flaw = falsehood(of: node.origin) { return flaw }
            case .together(let facts):
                for fact in facts { if let flaw = falsehood(of: fact.origin) { return flaw } }
                if !follows(node.claims, from: facts.map(\.claims)) { return "node \(position) is not what its facts say" }
            case .lockstep(let package, let base):
                if universe.bases[package] != base { return "\(package) does not follow \(base)" }
            case .derived(let left, let right):
                let causes = [proof.nodes[left], proof.nodes[right]]
                if left >= position || right >= position || !follows(node.claims, from: causes.map(\.claims)) {
                    return "node \(position) does not follow"
                }
            }
        }
        guard let failure = proof.nodes.last else { return "no proof at all" }
        return failure.claims.allSatisfy { $0.package == "root" } ? nil : "proves something else"
    }

    /// What is wrong with a fact, compared with what is written in the universe.
    private func falsehood(of fact: UniverseProof.Origin) -> String? {
        switch fact {
        case .dependency(let dependent, let candidates, let dependency, let constraints, let allowed):
            for candidate in candidates.candidates {
                let written = universe.release(dependent, candidate).wants.contains {
                    $0.package == dependency && constraints.contains($0.range)
                        && $0.isRequired != allowed.allowsAbsence
                }
                if !written { return "\(dependent) \(candidate) does not ask for \(dependency)" }
            }
            for constraint in constraints {
                var meant = universe.matching(dependency, constraint)
                meant.allowsAbsence = allowed.allowsAbsence
                if meant != allowed { return "\(dependency) \(constraint) is not \(allowed)" }
            }
        case .unusable(let package, let candidates, _):
            for candidate in candidates.candidates where !universe.release(package, candidate).isBroken {
                return "\(package) \(candidate) is not broken"
            }
        case .root, .lockstep, .together, .derived: return "not a fact"
        }
        return nil
    }

    /// Whether every step of an explanation follows from the premises that it names, and from what it leaves unsaid: that
    /// the root is chosen, and extras with their projects.
    func flaw(in explanation: Explanation<String, Universe.Range, String>, of proof: UniverseProof) -> String? {
        for (position, step) in explanation.steps.enumerated() {
            var premises: [[UniverseProof.Claim]] = []
            for premise in step.premises {
                switch premise {
                case .fact(let node): premises.append(node.claims)
                case .step(let number, let claims):
                    guard number <= position, explanation.steps[number - 1].conclusion == claims else {
                        return "step \(position + 1) names one that is not there"
                    }
                    premises.append(claims)
                }
            }
            if !follows(step.conclusion, from: premises, rootIsChosen: true) { return "step \(position + 1) does not follow" }
        }
        return explanation.steps.last?.conclusion.allSatisfy { $0.package == "root" } == true ? nil : "no end"
    }

    /// Whether claims that cannot all be true are those that follow from others, in every world in which extras have
    /// the versions of their projects.
    private func follows(
        _ claims: [UniverseProof.Claim], from causes: [[UniverseProof.Claim]], rootIsChosen: Bool = false
    ) -> Bool {
        var packages: [String: Int] = [:]
        for claim in claims + causes.flatMap(\.self) {
            packages[claim.package] = claim.outcomes.candidateCount
            if let base = universe.bases[claim.package] { packages[base] = claim.outcomes.candidateCount }
        }
        return every(packages.sorted { $0.key < $1.key }, [:]) { world in
            let isOrdered = world.allSatisfy { name, candidate in
                universe.bases[name].map { world[$0] == candidate } ?? true
            }
            if rootIsChosen, packages["root"] != nil, world["root"] == nil { return true }
            return !isOrdered || !violates(claims, world) || causes.contains { violates($0, world) }
        }
    }

    private func violates(_ claims: [UniverseProof.Claim], _ world: [String: Int]) -> Bool {
        claims.allSatisfy { claim in
            guard let candidate = world[claim.package] else { return claim.outcomes.allowsAbsence }
            return claim.outcomes.contains(candidate)
        }
    }

    private func every(
        _ packages: [(key: String, value: Int)], _ world: [String: Int], _ holds: ([String: Int]) -> Bool
    ) -> Bool {
        guard let (name, count) = packages.first else { return holds(world) }
        let others = Array(packages.dropFirst())
        var world = world
        guard every(others, world, holds) else { return false }
        return (0..<count).allSatisfy { candidate in
            world[name] = candidate
            return every(others, world, holds)
        }
    }
}
