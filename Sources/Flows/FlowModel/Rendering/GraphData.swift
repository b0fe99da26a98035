extension FlowGraph {
    /// The graph as data, in the shape that existing scripts know: `graph` has each step by its name, and `graph_structure`
    /// the steps in their order, with a list of lists behind each split: what is on its branches.
    ///
    /// The alternatives of a switch each go on to where the split around them ends, so that a step behind a switch stands
    /// there once for each way to it.
    package var data: JSONValue {
        var structure = GraphStructure(of: self)
        return .object([
            "graph": .object(Dictionary(nodes.map { ($0.name.text, $0.data) }, uniquingKeysWith: { first, _ in first })),
            "graph_structure": .array(structure.whole()),
        ])
    }
}

extension GraphNode {
    fileprivate var data: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name.text), "type": .string(dataType), "line": .integer(step.line),
            "source_file": .string(step.file), "doc": .string(step.doc ?? ""),
            "decorators": .array(decorators.all.map { data(of: $0) }),
            "next": .array(outputs.map { .string($0.text) }), "node_info": .object([:]),
        ]
        switch transition {
        case .foreach(_, let variable): members["foreach_artifact"] = .string(variable)
        case .parallel: members["num_parallel"] = .null
        case .switch(_, let condition, let cases):
            members["condition"] = .string(condition)
            members["switch_cases"] = .object(cases.mapValues { .string($0.text) })
        case nil, .linear, .split: break
        }
        if let join { members["matching_join"] = .string(join.text) }
        return .object(members)
    }

    private var dataType: String {
        switch transition {
        case .split: "split-static"
        case .foreach: "split-foreach"
        case .parallel: "split-parallel"
        case nil, .linear, .switch: kindName
        }
    }

    private func data(of decorator: DecoratorDescription) -> JSONValue {
        .object([
            "name": .string(decorator.name), "attributes": .object(decorator.attributes),
            "statically_defined": .bool(step.decorators.contains(decorator)), "inserted_by": .null,
        ])
    }
}

/// Makes `graph_structure`. Parts are made once, however many ways lead to them.
private struct GraphStructure {
    private struct Stretch: Hashable {
        let from: StepName
        let to: StepName?
    }

    private let graph: FlowGraph
    private var made: [Stretch: [JSONValue]] = [:]

    init(of graph: FlowGraph) { self.graph = graph }

    mutating func whole() -> [JSONValue] {
        let body = graph.entry == graph.terminal ? [] : steps(from: graph.entry, to: graph.terminal)
        return body + [.string(graph.terminal.text)]
    }

    /// The steps from one on, up to another one that is not among them.
    private mutating func steps(from first: StepName, to end: StepName?) -> [JSONValue] {
        let stretch = Stretch(from: first, to: end)
        if let known = made[stretch] { return known }
        var steps: [JSONValue] = []
        var current: StepName? = first
        while let name = current, name != end, let node = graph[name] {
            steps.append(.string(name.text))
            switch node.transition {
            case nil: current = nil
            case .linear(let target), .parallel(let target): current = target
            case .split, .foreach:
                steps.append(.array(node.outputs.map { .array(self.steps(from: $0, to: node.join)) }))
                current = node.join
            case .switch(let targets, _, _):
                steps.append(.array(targets.filter { $0 != name }.map { .array(self.steps(from: $0, to: end)) }))
                current = end
            }
        }
        made[stretch] = steps
        return steps
    }
}
