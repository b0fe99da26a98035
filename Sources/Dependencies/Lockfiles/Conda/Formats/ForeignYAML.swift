package import Yams

/// A file of YAML, and what is said about values in it that are of another kind than they have to be.
package struct ForeignYAML: Sendable {
    package let file: String

    package init(file: String) { self.file = file }

    /// The document's mapping; `nil` for a file that says nothing.
    package func mapping(of text: String) throws(ForeignFileError) -> Node.Mapping? {
        try ForeignYAMLBounds(file: file).check(text)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw Self.error(error, in: file)
        }
        guard let node, node.null == nil else { return nil }
        return try mapping(node, "the file")
    }

    package func mapping(_ node: Node, _ what: String) throws(ForeignFileError) -> Node.Mapping {
        guard let mapping = node.mapping else { throw wrong(node, what, "names with values") }
        return mapping
    }

    package func sequence(_ node: Node, _ what: String) throws(ForeignFileError) -> Node.Sequence {
        guard let sequence = node.sequence else { throw wrong(node, what, "a list") }
        return sequence
    }

    /// A text; what YAML takes for a number or a truth is one too, as it is written.
    package func text(_ node: Node, _ what: String) throws(ForeignFileError) -> String {
        guard let scalar = node.scalar else { throw wrong(node, what, "a text") }
        return scalar.string
    }

    package func texts(_ node: Node, _ what: String) throws(ForeignFileError) -> [String] {
        var texts: [String] = []
        for element in try sequence(node, what) { texts.append(try text(element, what)) }
        return texts
    }

    package func error(_ node: Node?, _ reason: String, help: String? = nil) -> ForeignFileError {
        ForeignFileError(file: file, line: node?.mark?.line, reason, help: help)
    }

    package func wrong(_ node: Node, _ what: String, _ expected: String) -> ForeignFileError {
        error(node, "\(what): expected \(expected)")
    }

    /// What the parser says, with its line.
    private static func error(_ error: any Error, in file: String) -> ForeignFileError {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _)?, .parser(_, let problem, let mark, _)?, .composer(_, let problem, let mark, _)?:
            return ForeignFileError(file: file, line: mark.line, "it is not YAML: \(problem)")
        case .reader(let problem, let offset, _, let text)?:
            let line = offset.map { text.prefix($0).count(where: \.isNewline) + 1 }
            return ForeignFileError(file: file, line: line, "it is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context)?:
            let names = Set(keys).sorted().map { "'\($0)'" }.joined(separator: ", ")
            return ForeignFileError(file: file, line: context.mark.line, "\(names) is there twice")
        default: return ForeignFileError(file: file, line: nil, "it is not YAML")
        }
    }
}

/// Bounds that no honest file comes near, and beyond which reading one would use up the stack or the day.
struct ForeignYAMLBounds {
    let file: String

    func check(_ text: String) throws(ForeignFileError) {
        try checkDepth(of: text)
        try checkAliases(in: text)
    }

    /// Nobody writes such files with hundreds of levels, and reading them would use up the stack.
    private func checkDepth(of text: String) throws(ForeignFileError) {
        var depth = 0
        var line = 1
        var dashes = 0
        var indent = 0
        var isStart = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): (line, dashes, indent, isStart) = (line + 1, 0, 0, true)
            case UInt8(ascii: " "): if isStart { indent += 1 }
            case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"): dashes += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"): (depth, isStart) = (depth + 1, false)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): (depth, isStart) = (max(depth - 1, 0), false)
            default: (dashes, isStart) = (isStart ? dashes : 0, false)
            }
            guard depth <= 100, dashes <= 100, indent <= 200 else {
                throw ForeignFileError(file: file, line: line, "values lie too deep in one another")
            }
        }
    }

    /// A few aliases cannot blow a small file up; thirty, each of the one before, stand for 3^10 values at most.
    private func checkAliases(in text: String) throws(ForeignFileError) {
        var line = 1
        var count = 0
        var canBegin = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): (line, canBegin) = (line + 1, true)
            case UInt8(ascii: " "), UInt8(ascii: "\t"): break
            case UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","): canBegin = true
            case UInt8(ascii: "*"):
                if canBegin { count += 1 }
                canBegin = false
            default: canBegin = false
            }
            guard count <= 30 else {
                throw ForeignFileError(
                    file: file, line: line, "it has more than 30 aliases", help: "write out what the names behind '*' stand for")
            }
        }
    }
}
