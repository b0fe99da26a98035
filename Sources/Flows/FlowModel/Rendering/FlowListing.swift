extension FlowGraph {
    /// The body of `show`: the flow's documentation, then for each step its decorators, name, documentation or `?`, and
    /// where it goes.
    package var showLines: [String] {
        var lines = documentation(of: description.doc)
        for node in nodes { lines += [""] + node.showLines }
        return lines
    }
}

extension GraphNode {
    /// The lines of one step.
    package var showLines: [String] {
        let doc = documentation(of: step.doc)
        var lines = decorators.all.map(\.source) + ["Step \(name)"]
        lines += (doc.isEmpty ? ["?"] : doc).map { $0.isEmpty ? "" : "    \($0)" }
        if !outputs.isEmpty { lines.append("    => " + outputs.map(\.text).joined(separator: ", ")) }
        return lines
    }
}

extension DecoratorDescription {
    /// As it would stand in the source, attributes in order of their names.
    package var source: String {
        if attributes.isEmpty { return "@\(name)" }
        let texts = attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "@\(name)(\(texts.joined(separator: ", ")))"
    }
}

/// The lines of a docstring without the indentation and the empty lines around them (PEP 257).
private func documentation(of text: String?) -> [String] {
    var lines = (text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map { line in
        String(line.map { $0 == "\t" ? " " : $0 })
    }
    let indents = lines.dropFirst().filter { !$0.trimmed.isEmpty }.map { $0.prefix { $0 == " " }.count }
    let indent = indents.min() ?? 0
    lines = lines.enumerated().map { index, line in
        let body = index == 0 ? line.trimmed[...] : line.dropFirst(min(indent, line.count))
        return body.trimmed.isEmpty ? "" : String(body)
    }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
}
