public import PythonPackaging

/// The packages of a lock as a tree: below each package those that it needs or, the other way round, those that need it.
public struct DependencyTree: Sendable, Hashable {
    public struct Node: Sendable, Hashable {
        /// The position in the graph.
        public let package: Int
        /// What is asked for: by the package above or, in an inverted tree, by this one.
        public let requirement: Requirement?
        /// The same as a match spec, between conda packages.
        public let spec: String?
        /// Empty where they stand elsewhere or are cut off.
        public internal(set) var children: [Node] = []
        /// Whether what is below stands in an earlier place of the tree.
        public internal(set) var isRepeated = false
    }

    public let roots: [Node]

    /// What was asked for, and all that it needs.
    ///
    /// - Parameter depth: how many levels below what was asked for; all where nothing is said.
    public init(_ graph: LockGraph, depth: Int? = nil) {
        var planter = Planter(edges: graph.needs)
        roots = graph.roots.map { planter.node($0, depth: depth) }
    }

    /// A package, and all that need it.
    public init(_ graph: LockGraph, inverted name: PackageName, depth: Int? = nil) {
        self.init(graph, invertedNamed: name.description, depth: depth)
    }

    /// The same by a name of either world.
    public init(_ graph: LockGraph, invertedNamed name: String, depth: Int? = nil) {
        var planter = Planter(edges: graph.neededBy)
        roots = graph.positions(named: name).map { planter.node(.init(package: $0, requirement: nil), depth: depth) }
    }

    /// Shows what is below a package once.
    private struct Planter {
        let edges: [[LockGraph.Need]]
        private var shown: Set<Int> = []

        init(edges: [[LockGraph.Need]]) { self.edges = edges }

        mutating func node(_ need: LockGraph.Need, depth: Int?) -> Node {
            var node = Node(package: need.package, requirement: need.requirement, spec: need.spec)
            guard !edges[need.package].isEmpty, depth != 0 else { return node }
            guard shown.insert(need.package).inserted else {
                node.isRepeated = true
                return node
            }
            for next in edges[need.package] { node.children.append(self.node(next, depth: depth.map { $0 - 1 })) }
            return node
        }
    }
}
