/// A proof that there is no solution: facts that were told, and what follows from them step by step.
public struct Derivation<Package, Constraint, Reason>: Sendable
where Package: Hashable & Sendable, Constraint: Hashable & Sendable, Reason: Sendable {
    /// A claim about one package: its outcome is one of `outcomes`.
    public struct Claim: Sendable, Hashable {
        public let package: Package
        public let outcomes: CandidateSet
    }

    /// Claims that cannot all be true together, and why.
    public struct Node: Sendable {
        public let claims: [Claim]
        public let origin: Origin
    }

    public enum Origin: Sendable {
        /// The root has to be chosen.
        case root
        /// Candidates of `dependent` ask for `dependency`; every one of `constraints`, which differ in words only,
        /// allows `allowed`.
        case dependency(
            of: Package, candidates: CandidateSet, on: Package, constraints: [Constraint], allowed: CandidateSet)
        /// Candidates cannot be used.
        case unusable(Package, CandidateSet, Reason)
        /// Both packages have the same candidate chosen.
        case lockstep(Package, base: Package)
        /// Follows from several facts of one kind about the same packages, dependencies or candidates that cannot be
        /// used: what they say together is enough.
        case together([Node])
        /// Follows from two other nodes, by number.
        case derived(Int, Int)
    }

    /// The package that stands for what was asked for.
    public let root: Package
    /// The nodes; what a node follows from stands before it, and the last one is the failure itself.
    public let nodes: [Node]
}

extension Derivation {
    init(
        failure: Int, store: IncompatibilityStore, packages: [Package], constraints: [Constraint], reasons: [Reason]
    ) {
        var numbers: [Int: Int] = [:]
        var nodes: [Node] = []
        for id in Self.sortedCauses(of: failure, in: store) {
            let item = store[id]
            let origin: Origin =
                switch item.origin {
                case .root: .root
                case .dependency(let stored):
                    .dependency(
                        of: packages[stored.dependent],
                        candidates: item.term(of: stored.dependent) ?? CandidateSet(noneOf: 0),
                        on: packages[stored.dependency], constraints: stored.constraints.map { constraints[$0] },
                        allowed: stored.allowed)
                case .unusable(let package, let reason):
                    .unusable(
                        packages[package], item.term(of: package) ?? CandidateSet(noneOf: 0), reasons[reason])
                case .lockstep(let package, let base): .lockstep(packages[package], base: packages[base])
                case .derived(let left, let right): .derived(numbers[left] ?? 0, numbers[right] ?? 0)
                }
            numbers[id] = nodes.count
            nodes.append(
                Node(
                    claims: item.terms.map { Claim(package: packages[$0.package], outcomes: $0.set) },
                    origin: origin))
        }
        root = packages[0]
        self.nodes = nodes
    }

    /// Everything that `failure` rests on, causes first. Derivations can be deep, so this does not recurse.
    private static func sortedCauses(of failure: Int, in store: IncompatibilityStore) -> [Int] {
        var sorted: [Int] = []
        var done: Set<Int> = []
        var stack = [failure]
        while let id = stack.last {
            var open: [Int] = []
            if case .derived(let left, let right) = store[id].origin {
                open = [right, left].filter { !done.contains($0) }
            }
            guard open.isEmpty else {
                stack.append(contentsOf: open)
                continue
            }
            stack.removeLast()
            if done.insert(id).inserted { sorted.append(id) }
        }
        return sorted
    }
}
