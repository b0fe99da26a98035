extension Derivation {
    /// The same proof with packages, constraints and reasons of other types.
    ///
    /// - Parameters:
    ///   - package: has to give different packages for different ones.
    ///   - constraint: is asked with the packages of the dependency that it is part of.
    public func mapped<OtherPackage, OtherConstraint, OtherReason>(
        package: (Package) -> OtherPackage,
        constraint: (_ of: Package, _ on: Package, Constraint, _ allowed: CandidateSet) -> OtherConstraint,
        reason: (Reason) -> OtherReason
    ) -> Derivation<OtherPackage, OtherConstraint, OtherReason> {
        typealias Other = Derivation<OtherPackage, OtherConstraint, OtherReason>
        func mapped(_ node: Node) -> Other.Node {
            let origin: Other.Origin =
                switch node.origin {
                case .root: .root
                case .dependency(let of, let candidates, let on, let constraints, let allowed):
                    .dependency(
                        of: package(of), candidates: candidates, on: package(on),
                        constraints: constraints.map { constraint(of, on, $0, allowed) }, allowed: allowed)
                case .unusable(let key, let candidates, let why): .unusable(package(key), candidates, reason(why))
                case .lockstep(let key, let base): .lockstep(package(key), base: package(base))
                case .together(let nodes): .together(nodes.map(mapped))
                case .derived(let left, let right): .derived(left, right)
                }
            return Other.Node(
                claims: node.claims.map { Other.Claim(package: package($0.package), outcomes: $0.outcomes) }, origin: origin)
        }
        return Other(root: package(root), nodes: nodes.map(mapped))
    }
}
