extension FlowGraph {
    /// All that is known of each step, for people who look for a fault in a graph.
    package var detailLines: [String] { nodes.flatMap(\.detailLines) }
}

extension GraphNode {
    fileprivate var detailLines: [String] {
        func names(_ steps: [StepName]) -> String { steps.map { "[\($0)]" }.joined(separator: ", ") }
        var lines = [
            "[\(name) \(kindName) (\(step.file) line \(step.line))]", "    in_funcs=\(names(inputs))",
            "    out_funcs=\(names(outputs))", "    split_parents=\(names(openSplits.map(\.step)))",
            "    matching_join=\(join.map { "[\($0)]" } ?? "None")",
            "    is_inside_foreach=\(isInsideForeach ? "True" : "False")",
            "    decorators=\(decorators.all.map(\.source).joined(separator: " | "))", "    num_args=\(step.arguments)",
        ]
        switch transition {
        case .foreach(_, let variable): lines.append("    foreach_param=\(variable)")
        case .parallel: lines.append("    parallel_foreach=True")
        case .switch(_, let condition, let cases):
            lines.append("    condition=\(condition)")
            lines += cases.sorted { $0.key < $1.key }.map { "    case \($0.key): \($0.value)" }
        case nil, .linear, .split: break
        }
        if isParallel { lines.append("    parallel_step=True") }
        return lines
    }
}
