/// What a text field of a record is compared with (CEP 29, string matching): the text itself, a glob, or a regular
/// expression. The case of ASCII letters does not count.
public struct TextPattern: Sendable {
    enum Kind: Sendable {
        case exact
        /// `*` stands for any characters.
        case glob
        case expression(RegularExpression)
    }

    /// The pattern as it was written.
    public let description: String
    let kind: Kind

    /// Reads `^…$` as a regular expression, text with `*` as a glob, and anything else as itself.
    public init(parsing text: some StringProtocol) throws(TextPatternError) {
        let text = String(text)
        description = text
        if text.utf8.count > 1, text.utf8.first == UInt8(ascii: "^"), text.utf8.last == UInt8(ascii: "$") {
            kind = .expression(try RegularExpression(parsing: text))
        } else {
            kind = text.utf8.contains(UInt8(ascii: "*")) ? .glob : .exact
        }
    }

    /// A pattern for exactly this text, whatever it looks like.
    public init(exactly text: String) {
        description = text
        kind = .exact
    }

    /// The one text that fits, unless there are several. Its case does not count.
    public var exactText: String? {
        if case .exact = kind { return description }
        return nil
    }

    /// Whether any text fits.
    public var isAnything: Bool {
        if case .glob = kind { return description.utf8.allSatisfy { $0 == UInt8(ascii: "*") } }
        return false
    }

    /// Whether `text` fits.
    ///
    /// - Complexity: For globs and expressions the product of both lengths at most.
    public func matches(_ text: some StringProtocol) -> Bool { text.withBytes(matches) }

    package func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        switch kind {
        case .exact: description.withBytes { TextGlob.areEqual($0, text) }
        case .glob: description.withBytes { TextGlob.matches($0, text) }
        case .expression(let expression): expression.matches(text)
        }
    }
}

extension TextPattern: Hashable, CodedAsText {
    public init(decoding text: String) throws { try self.init(parsing: text) }

    public static func == (left: Self, right: Self) -> Bool {
        left.description == right.description && (left.exactText == nil) == (right.exactText == nil)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

/// Globs over bytes, and equality, without regard to the case of ASCII letters.
enum TextGlob {
    static func areEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for place in 0..<left.count where left[place].lowercased != right[place].lowercased { return false }
        return true
    }

    /// Whether `text` is what `glob` says, where `*` stands for any bytes.
    ///
    /// Only the last star that was met can take more bytes, so no choice is ever tried twice.
    static func matches(_ glob: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var globPlace = 0
        var textPlace = 0
        var lastStar: (glob: Int, text: Int)?
        while textPlace < text.count {
            if globPlace < glob.count, glob[globPlace] == UInt8(ascii: "*") {
                lastStar = (globPlace, textPlace)
                globPlace += 1
            } else if globPlace < glob.count, glob[globPlace].lowercased == text[textPlace].lowercased {
                globPlace += 1
                textPlace += 1
            } else if let star = lastStar {
                lastStar = (star.glob, star.text + 1)
                globPlace = star.glob + 1
                textPlace = star.text + 1
            } else {
                return false
            }
        }
        while globPlace < glob.count, glob[globPlace] == UInt8(ascii: "*") { globPlace += 1 }
        return globPlace == glob.count
    }
}

/// Text between `^` and `$` that is no regular expression, or not one of those that are understood here.
public struct TextPatternError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// A bracket or parenthesis is never closed.
        case unclosed(Character)
        /// A closing parenthesis without an opening one.
        case unopened
        /// `*`, `+`, `?` or `{…}` with nothing before it.
        case nothingToRepeat
        /// Something that is no class of characters, escape or count.
        case malformed
        /// Look-around, back-references, named groups and the like, which CEP 29 advises against.
        case unsupported
        /// Nested too deep, or too large when its counts are written out.
        case tooComplex
    }

    /// The whole pattern.
    public let text: String
    /// Where it went wrong, in characters from 1.
    public let column: Int
    public let problem: Problem

    public var description: String { "\(text.quoted) is not a regular expression: \(reason) at column \(column)" }

    private var reason: String {
        switch problem {
        case .unclosed(let bracket): "'\(bracket)' is not closed"
        case .unopened: "')' closes nothing"
        case .nothingToRepeat: "there is nothing to repeat"
        case .malformed: "malformed class, escape or count"
        case .unsupported: "look-around, back-references and named groups cannot be used"
        case .tooComplex: "it is too complex"
        }
    }
}
