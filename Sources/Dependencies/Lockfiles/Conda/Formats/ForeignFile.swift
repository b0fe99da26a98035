public import Diagnostics
import Yams

/// A file of another tool that cannot be read, or says what cannot be used here.
public struct ForeignFileError: DiagnosticError, Hashable, CustomStringConvertible {
    /// The file as the caller calls it.
    public let file: String
    /// From 1.
    public let line: Int?
    public let reason: String
    public let help: String?

    init(file: String, line: Int?, _ reason: String, help: String? = nil) {
        self.file = file
        self.line = line
        self.reason = reason
        self.help = help
    }

    public var description: String { "\(line.map { "\(file):\($0)" } ?? file): \(reason)" }

    public var diagnostic: Diagnostic { Diagnostic(.user, reason, file: file, line: line, help: help) }
}

/// A file of YAML, and what is said about values in it that are of another kind than they have to be.
struct ForeignYAML {
    let file: String

    /// The document's mapping; `nil` for a file that says nothing.
    func mapping(of text: String) throws(ForeignFileError) -> Node.Mapping? {
        try checkDepth(of: text)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw ForeignFileError(file: file, line: Self.line(of: error), "it is not YAML")
        }
        guard let node, node.null == nil else { return nil }
        return try mapping(node, "the file")
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

    func mapping(_ node: Node, _ what: String) throws(ForeignFileError) -> Node.Mapping {
        guard let mapping = node.mapping else { throw wrong(node, what, "names with values") }
        return mapping
    }

    func sequence(_ node: Node, _ what: String) throws(ForeignFileError) -> Node.Sequence {
        guard let sequence = node.sequence else { throw wrong(node, what, "a list") }
        return sequence
    }

    /// A text; what YAML takes for a number or a truth is one too, as it is written.
    func text(_ node: Node, _ what: String) throws(ForeignFileError) -> String {
        guard let scalar = node.scalar else { throw wrong(node, what, "a text") }
        return scalar.string
    }

    func texts(_ node: Node, _ what: String) throws(ForeignFileError) -> [String] {
        var texts: [String] = []
        for element in try sequence(node, what) { texts.append(try text(element, what)) }
        return texts
    }

    func error(_ node: Node?, _ reason: String, help: String? = nil) -> ForeignFileError {
        ForeignFileError(file: file, line: node?.mark?.line, reason, help: help)
    }

    private func wrong(_ node: Node, _ what: String, _ expected: String) -> ForeignFileError {
        error(node, "\(what): expected \(expected)")
    }

    private static func line(of error: any Error) -> Int? {
        switch error as? YamlError {
        case .scanner(_, _, let mark, _)?, .parser(_, _, let mark, _)?, .composer(_, _, let mark, _)?: mark.line
        default: nil
        }
    }
}
