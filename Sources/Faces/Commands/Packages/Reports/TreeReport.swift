import Lockfiles
import PythonPackaging

/// The packages of locks as trees.
struct TreeReport: PackageReport {
    private let reported: ReportedLock
    private let graph: LockGraph
    private let tree: DependencyTree

    /// - Parameters:
    ///   - inverted: the package whose dependants are shown.
    ///   - depth: how many levels are shown below the first.
    init(_ reported: ReportedLock, inverted: AnyPackageName?, depth: Int?) {
        self.reported = reported
        graph = reported.graph
        tree =
            inverted.map { DependencyTree(reported.graph, invertedNamed: $0.description, depth: depth) }
            ?? DependencyTree(reported.graph, depth: depth)
    }

    var title: String { reported.title }

    var footnotes: [String] {
        tree.roots.contains(where: Self.repeats) ? ["(*) What it needs is shown further up."] : []
    }

    private static func repeats(_ node: DependencyTree.Node) -> Bool {
        node.isRepeated || node.children.contains(where: repeats)
    }

    func lines(on terminal: Terminal) -> [String] {
        tree.roots.flatMap { [label($0, terminal)] + lines(below: $0, indent: "", terminal) }
    }

    private func lines(below node: DependencyTree.Node, indent: String, _ terminal: Terminal) -> [String] {
        let (branch, last, line) = terminal.isUnicode ? ("├── ", "└── ", "│   ") : ("|-- ", "`-- ", "|   ")
        return node.children.enumerated().flatMap { position, child in
            let isLast = position == node.children.count - 1
            return [indent + (isLast ? last : branch) + label(child, terminal)]
                + lines(below: child, indent: indent + (isLast ? "    " : line), terminal)
        }
    }

    /// `numpy 2.2.6 (>=1.26) (*)`
    private func label(_ node: DependencyTree.Node, _ terminal: Terminal) -> String {
        let package = graph.package(at: node.package)
        let extras = node.requirement?.extras.map(\.description) ?? []
        let name = extras.isEmpty ? "\(package.name)" : "\(package.name)[\(extras.joined(separator: ","))]"
        let asked = node.requirement?.specifiers.description ?? node.spec.map(Self.range(of:)) ?? ""
        let notes = [asked, package.marker.map { "where \($0)" } ?? ""].filter { !$0.isEmpty }
        return name + (package.version.map { " \($0)" } ?? "") + (package.build.map { " \($0)" } ?? "")
            + notes.map { " " + Style.dim("(\($0))", on: terminal) }.joined() + (node.isRepeated ? " (*)" : "")
    }
}

extension TreeReport {
    /// What follows the name in a match spec.
    fileprivate static func range(of spec: String) -> String {
        String(spec.drop { !$0.isWhitespace }.drop(while: \.isWhitespace))
    }
}

// MARK: - JSON

extension TreeReport {
    struct Output: Encodable {
        var lock: String?
        var steps: [String]?
        var tree: [Node]
    }

    struct Node: Encodable {
        var name: String
        var version: String?
        /// What is asked for: by the package above or, in an inverted tree, by this one.
        var requirement: String?
        var marker: String?
        /// Of conda packages.
        var build: String?
        /// Those below; absent where they are shown elsewhere.
        var packages: [Node]?
        var isRepeated: Bool?
    }

    var output: Output {
        Output(
            lock: reported.file, steps: reported.steps.isEmpty ? nil : reported.steps, tree: tree.roots.map(output))
    }

    private func output(_ node: DependencyTree.Node) -> Node {
        let package = graph.package(at: node.package)
        return Node(
            name: package.name, version: package.version,
            requirement: node.requirement?.description ?? node.spec, marker: package.marker?.description, build: package.build,
            packages: node.isRepeated ? nil : node.children.map(output), isRepeated: node.isRepeated ? true : nil)
    }
}
