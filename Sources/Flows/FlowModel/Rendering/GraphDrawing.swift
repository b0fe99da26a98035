extension FlowGraph {
    /// The graph as Graphviz draws it.
    package var dot: String {
        var lines = ["digraph \(Self.quoted(name.text)) {", "  node [fontname=\"Helvetica\"];"]
        lines += nodes.map { "  " + drawing(of: $0) }
        lines += nodes.flatMap { node in edges(of: node).map { "  " + $0 } }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private func drawing(of node: GraphNode) -> String {
        var kind = node.kindName
        var look = "shape=box"
        if case .switch(_, let condition, _) = node.transition {
            kind = "switch: \(condition)"
            look = "shape=hexagon, style=filled, fillcolor=\"lightgreen\""
        } else if node.isParallel {
            kind = "parallel"
        }
        let label = "<b>\(Self.escaped(node.name.text))</b><br/><font point-size=\"10\">\(Self.escaped(kind))</font>"
        return "\(Self.quoted(node.name.text)) [label=<\(label)>, \(look)];"
    }

    private func edges(of node: GraphNode) -> [String] {
        let source = Self.quoted(node.name.text)
        guard case .switch(let targets, _, let cases) = node.transition, !cases.isEmpty else {
            return node.outputs.map { "\(source) -> \(Self.quoted($0.text));" }
        }
        return targets.map { target in
            let labels = cases.filter { $0.value == target }.keys.sorted().joined(separator: ", ")
            return "\(source) -> \(Self.quoted(target.text)) [label=\(Self.quoted(labels)), color=\"blue\", fontcolor=\"blue\"];"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : $0 == "\n" ? "\\n" : String($0) }.joined() + "\""
    }

    /// For labels in angle brackets, which are HTML.
    private static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            default: String(character)
            }
        }.joined()
    }
}
