/// A derivation in an order in which it can be read aloud.
///
/// Where the facts lead straight to the contradiction, one to the next, they are one step. Otherwise there are cases, and
/// a step for each of them: PubGrub resolves two things at a time, more finely than a person cares to follow, so small
/// steps are merged. A step then has several premises on up to three subjects and as many demands of the root. A subject
/// is what one package asks of another one, why candidates of a package cannot be used (for however many candidates), or
/// an earlier conclusion. Facts that only say that an extra belongs to its project are left out.
public struct Explanation<Package, Constraint, Reason>: Sendable
where Package: Hashable & Sendable, Constraint: Hashable & Sendable, Reason: Sendable {
    public typealias Proof = Derivation<Package, Constraint, Reason>

    public enum Premise: Sendable {
        /// A node of the derivation that was told to the solver.
        case fact(Proof.Node)
        /// The conclusion of an earlier step, by its number, counted from 1.
        case step(Int, [Proof.Claim])
    }

    public struct Step: Sendable {
        /// In the order in which one leads to the next, what the root asks for first.
        public let premises: [Premise]
        /// These cannot all be true together.
        public let conclusion: [Proof.Claim]
    }

    /// The steps; the last one concludes the failure. A single fact that leaves no way is one step.
    public let steps: [Step]

    /// More facts than this are not said in one step, even if they lead straight to the contradiction.
    private static var factsInOneStep: Int { 12 }

    public init(_ derivation: Proof) {
        let reading = ReadingOrder(derivation)
        let facts = derivation.nodes.filter { $0.isFact }
        if facts.count <= Self.factsInOneStep, let order = reading.order(of: facts.map(Premise.fact), given: []),
            let failure = derivation.nodes.last
        {
            steps = [Step(premises: order.map { .fact(facts[$0]) }, conclusion: failure.claims)]
            return
        }
        var outline = ExplanationOutline(derivation)
        steps = outline.steps().map { step in
            guard let order = reading.order(of: step.premises, given: step.conclusion) else { return step }
            return Step(premises: order.map { step.premises[$0] }, conclusion: step.conclusion)
        }
    }
}

extension Derivation.Node {
    /// Whether it is something that was told, and worth saying.
    public var isFact: Bool {
        switch origin {
        case .dependency, .unusable, .together: true
        case .root, .lockstep, .derived: false
        }
    }

    /// What it is about: a dependent and its dependency, or one package alone.
    public var subject: (package: Package, dependency: Package?)? {
        switch origin {
        case .dependency(let dependent, _, let dependency, _, _): (dependent, dependency)
        case .unusable(let package, _, _): (package, nil)
        case .together(let facts): facts.first?.subject
        case .root, .lockstep, .derived: nil
        }
    }
}
