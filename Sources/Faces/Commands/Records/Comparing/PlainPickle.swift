/// A pickled value of plain parts, in Python's words: numbers, texts, truths, None, bytes, lists, tuples, dictionaries, sets.
///
/// Reads the opcodes that such values have in protocols 2 to 5 (PEP 307, PEP 3154) and nothing else, so that no class is looked up
/// and nothing is run; anything else has no words.
struct PlainPickle {
    /// The value as Python's `repr` would write it.
    var text: String { root.text }
    private let root: Part

    init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes: bytes[...])
        guard let value = reader.value() else { return nil }
        root = value
    }

    /// Of a dictionary: the members `name` of the dictionaries in the list of that key.
    func names(in key: String) -> Set<String> {
        Set((root[key]?.members ?? []).compactMap { $0["name"]?.word.trimmingQuotes })
    }
}

/// Parts that are shared, such as a list that stands twice in another, are one object.
private final class Part {
    enum Kind { case word, list, tuple, set, frozenSet, dictionary }

    var kind: Kind
    var word: String
    var members: [Part]

    init(word: String) { (kind, self.word, members) = (.word, word, []) }
    init(_ kind: Kind, _ members: [Part] = []) { (self.kind, word, self.members) = (kind, "", members) }

    var text: String { described(depth: 0) }

    /// The value of a key of a dictionary.
    subscript(key: String) -> Part? {
        guard kind == .dictionary else { return nil }
        let wanted = PythonText.quoted(key)
        return stride(from: 0, to: members.count - 1, by: 2).first { members[$0].word == wanted }.map { members[$0 + 1] }
    }

    private func described(depth: Int) -> String {
        // One that holds itself ends here, too.
        guard depth < 50 else { return "..." }
        let inner = kind == .word ? [] : members.map { $0.described(depth: depth + 1) }
        switch kind {
        case .word: return word
        case .list: return "[" + inner.joined(separator: ", ") + "]"
        case .tuple: return inner.count == 1 ? "(\(inner[0]),)" : "(" + inner.joined(separator: ", ") + ")"
        case .set: return inner.isEmpty ? "set()" : "{" + inner.sorted().joined(separator: ", ") + "}"
        case .frozenSet: return "frozenset({" + inner.sorted().joined(separator: ", ") + "})"
        case .dictionary:
            let pairs = stride(from: 0, to: inner.count - 1, by: 2).map { "\(inner[$0]): \(inner[$0 + 1])" }
            return "{" + pairs.joined(separator: ", ") + "}"
        }
    }
}

private struct Reader {
    var bytes: ArraySlice<UInt8>
    var stack: [Part?] = []
    var memo: [Int: Part] = [:]

    mutating func value() -> Part? {
        while let code = bytes.popFirst() {
            if code == UInt8(ascii: ".") { return stack.count == 1 ? stack[0] : nil }
            guard step(code) else { return nil }
        }
        return nil
    }

    /// `nil` on the stack is a mark.
    private mutating func step(_ code: UInt8) -> Bool {
        switch code {
        case 0x80: return take(1) != nil
        case 0x95: return take(8) != nil
        case UInt8(ascii: "("): stack.append(nil)
        case UInt8(ascii: "N"): push("None")
        case 0x88: push("True")
        case 0x89: push("False")
        case UInt8(ascii: "K"): return push(take(1).map { "\($0)" })
        case UInt8(ascii: "M"): return push(take(2).map { "\($0)" })
        case UInt8(ascii: "J"): return push(take(4).map { "\(Int32(truncatingIfNeeded: $0))" })
        case 0x8a: return push(take(1).flatMap { long(Int($0)) })
        case UInt8(ascii: "G"): return push(double())
        case 0x8c: return push(take(1).flatMap { string(Int($0)) })
        case UInt8(ascii: "X"): return push(take(4).flatMap { string(Int($0)) })
        case 0x8d: return push(take(8).flatMap { Int(exactly: $0) }.flatMap { string($0) })
        case UInt8(ascii: "C"): return push(take(1).flatMap { data(Int($0)) })
        case UInt8(ascii: "B"): return push(take(4).flatMap { data(Int($0)) })
        case UInt8(ascii: "]"): stack.append(Part(.list))
        case UInt8(ascii: "}"): stack.append(Part(.dictionary))
        case UInt8(ascii: ")"): stack.append(Part(.tuple))
        case 0x8f: stack.append(Part(.set))
        case 0x85, 0x86, 0x87: return wrap(Int(code) - 0x84)
        case UInt8(ascii: "t"): return marked { Part(.tuple, $0) }
        case 0x91: return marked { Part(.frozenSet, $0) }
        case UInt8(ascii: "a"): return fill(1, .list)
        case UInt8(ascii: "s"): return fill(2, .dictionary)
        case UInt8(ascii: "e"): return fill(nil, .list)
        case UInt8(ascii: "u"): return fill(nil, .dictionary)
        case 0x90: return fill(nil, .set)
        case 0x94: return remember(memo.count)
        case UInt8(ascii: "q"): return take(1).map { remember(Int($0)) } ?? false
        case UInt8(ascii: "r"): return take(4).map { remember(Int($0)) } ?? false
        case UInt8(ascii: "h"): return take(1).map { recall(Int($0)) } ?? false
        case UInt8(ascii: "j"): return take(4).map { recall(Int($0)) } ?? false
        default: return false
        }
        return true
    }

    // MARK: The stack

    private mutating func push(_ word: String) { stack.append(Part(word: word)) }

    private mutating func push(_ word: String?) -> Bool {
        guard let word else { return false }
        stack.append(Part(word: word))
        return true
    }

    private mutating func wrap(_ count: Int) -> Bool {
        let members = stack.suffix(count).compactMap { $0 }
        guard members.count == count else { return false }
        stack.removeLast(count)
        stack.append(Part(.tuple, members))
        return true
    }

    private mutating func taken() -> [Part]? {
        guard let mark = stack.lastIndex(where: { $0 == nil }) else { return nil }
        let members = stack[(mark + 1)...].compactMap { $0 }
        stack.removeSubrange(mark...)
        return members
    }

    private mutating func marked(_ make: ([Part]) -> Part) -> Bool {
        guard let members = taken() else { return false }
        stack.append(make(members))
        return true
    }

    /// Adds to the part below: so many members, or those behind the last mark.
    private mutating func fill(_ count: Int?, _ kind: Part.Kind) -> Bool {
        let members: [Part]
        if let count {
            members = stack.suffix(count).compactMap { $0 }
            guard members.count == count else { return false }
            stack.removeLast(count)
        } else {
            guard let found = taken() else { return false }
            members = found
        }
        guard let part = stack.last ?? nil, part.kind == kind else { return false }
        part.members += members
        return true
    }

    private mutating func remember(_ place: Int) -> Bool {
        guard let part = stack.last ?? nil else { return false }
        memo[place] = part
        return true
    }

    private mutating func recall(_ place: Int) -> Bool {
        guard let part = memo[place] else { return false }
        stack.append(part)
        return true
    }

    // MARK: Bytes

    private mutating func slice(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }

    /// A number, the lowest byte first.
    private mutating func take(_ count: Int) -> UInt64? {
        slice(count)?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Whole numbers of up to 8 bytes; of larger ones the digits in hexadecimal.
    private mutating func long(_ count: Int) -> String? {
        guard let digits = slice(count) else { return nil }
        guard let last = digits.last else { return "0" }
        if count > 8 { return "an int of \(count) bytes, 0x" + digits.reversed().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
        var value = digits.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        if last & 0x80 != 0, count < 8 { value |= UInt64.max << UInt64(8 * count) }
        return "\(Int64(bitPattern: value))"
    }

    private mutating func double() -> String? {
        guard let bits = slice(8)?.reduce(UInt64(0), { $0 << 8 | UInt64($1) }) else { return nil }
        return "\(Double(bitPattern: bits))"
    }

    private mutating func string(_ count: Int) -> String? {
        slice(count).map { PythonText.quoted(String(decoding: $0, as: UTF8.self)) }
    }

    private mutating func data(_ count: Int) -> String? {
        // As texts of as many letters are written, with what is no ASCII by its number.
        slice(count).map { bytes in
            let text = PythonText.quoted(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })))
            return "b" + text.unicodeScalars.map {
                $0.value < 0x80 ? String($0) : "\\x" + String($0.value, radix: 16)
            }.joined()
        }
    }
}

extension String {
    fileprivate var trimmingQuotes: String { String(dropFirst().dropLast()) }
}

/// Texts as Python writes them in code.
enum PythonText {
    static func quoted(_ text: String) -> String {
        let quote = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var result = quote
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "'" where quote == "'": result += "\\'"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                result += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + quote
    }
}
