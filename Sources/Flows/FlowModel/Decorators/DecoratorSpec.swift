package import Diagnostics
import FoundationEssentials

/// A decorator that the command line adds to every step that lacks it: `--with name:attr=value,other=value`.
package struct DecoratorSpec: Hashable, Sendable {
    package let name: String
    package let attributes: [String: JSONValue]
    /// As it was typed.
    package let text: String

    /// Splits at the commas that are followed by `word=`, so values may hold commas. A value is JSON or a number where
    /// it reads as such, otherwise text.
    package init(parsing text: String) throws(DecoratorSpecError) {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = halves[0].trimmed
        guard Self.isWord(name) else { throw DecoratorSpecError(text: text, problem: .noName) }
        var attributes: [String: JSONValue] = [:]
        for piece in halves.count > 1 ? Self.pieces(of: String(halves[1])) : [] {
            let sides = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let attribute = sides[0].trimmed
            guard sides.count == 2, Self.isWord(attribute) else {
                throw DecoratorSpecError(text: text, problem: .noAttribute(piece))
            }
            attributes[attribute] = Self.value(of: sides[1].trimmed)
        }
        self.name = name
        self.attributes = attributes
        self.text = text
    }

    /// Whether the engine itself can add it to steps; any other is Python's own, if it is one.
    package var isBuiltIn: Bool { DecoratorCatalogue.isBuiltIn(name) }

    private static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let word = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if word.count == 2 && beginsAttribute(word[0].trimmed) || pieces.isEmpty {
                pieces.append(String(part))
            } else {
                pieces[pieces.count - 1] += "," + part
            }
        }
        return pieces.count == 1 && pieces[0].trimmed.isEmpty ? [] : pieces
    }

    private static func value(of text: String) -> JSONValue {
        // Quotes may have been kept from a shell.
        if let value = JSONValue(parsing: text.replacing(#"\""#, with: "\"")) { return value }
        if let value = Int(text) { return .integer(value) }
        if let value = Double(text), value.isFinite { return .number(value) }
        return .string(text)
    }

    /// Names of attributes have no dots: what looks like `example.com=a` belongs to the value before it.
    private static func beginsAttribute(_ text: String) -> Bool { isWord(text) && !text.contains(".") }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    }
}

extension JSONValue {
    /// Reads a JSON text; anything else is `nil`.
    package init?(parsing text: String) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else { return nil }
        self = value
    }
}

/// A `--with` that cannot be read.
package struct DecoratorSpecError: DiagnosticError, Hashable {
    package enum Problem: Hashable, Sendable {
        case noName
        /// A piece between commas that is not `attribute=value`.
        case noAttribute(String)
    }

    package let text: String
    package let problem: Problem

    package var diagnostic: Diagnostic {
        let reason =
            switch problem {
            case .noName: "it does not begin with the name of a decorator"
            case .noAttribute(let piece): "'\(piece)' is not ATTRIBUTE=VALUE"
            }
        return Diagnostic(
            .usage, "cannot read --with '\(text)': \(reason)",
            help: "write --with NAME or --with NAME:ATTRIBUTE=VALUE,ATTRIBUTE=VALUE")
    }
}

extension StringProtocol {
    /// Without the white space at both ends.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
