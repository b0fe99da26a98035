extension TOMLReader {
    /// A value after `=`, in an array or in an inline table.
    mutating func readValue(depth: Int) throws(TOMLError) -> TOMLNode {
        cursor.skipBlanks()
        let line = cursor.line
        guard depth < TOMLTree.maximumDepth else { throw cursor.error("values are nested too deeply") }
        switch cursor.peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return TOMLNode(.string(try readString()), line: line)
        case UInt8(ascii: "["): return TOMLNode(.array(try readArray(depth: depth)), line: line)
        case UInt8(ascii: "{"): return TOMLNode(.table(try readInlineTable(depth: depth)), line: line)
        default: return TOMLNode(try readScalar(), line: line)
        }
    }

    private mutating func readArray(depth: Int) throws(TOMLError) -> [TOMLNode] {
        _ = cursor.take("[")
        var elements: [TOMLNode] = []
        while true {
            try cursor.skipEmptyLines()
            if cursor.take("]") { return elements }
            elements.append(try readValue(depth: depth + 1))
            try cursor.skipEmptyLines()
            guard cursor.take(",") || cursor.peek == UInt8(ascii: "]") else {
                throw cursor.error("expected ',' or ']' in the array")
            }
        }
    }

    /// On one line, without a comma after the last pair.
    private mutating func readInlineTable(depth: Int) throws(TOMLError) -> [String: TOMLNode] {
        _ = cursor.take("{")
        let table = TOMLTree.Table(.header, line: cursor.line)
        cursor.skipBlanks()
        if cursor.take("}") { return [:] }
        repeat {
            let line = cursor.line
            let key = try readKey()
            try readEquals()
            // Dotted keys nest too.
            try table.set(key, try readValue(depth: depth + key.count), line: line)
            cursor.skipBlanks()
        } while cursor.take(",")
        guard cursor.take("}") else { throw cursor.error("expected ',' or '}' in the inline table") }
        return table.frozen
    }

    /// Everything that ends at a delimiter: numbers, times, `true` and `false`.
    private mutating func readScalar() throws(TOMLError) -> TOMLValue {
        let start = cursor.position
        cursor.skip(while: \.isScalarPart)
        // A date can be followed by a time after a space.
        if cursor.position - start == 10, cursor.peek == UInt8(ascii: " "), cursor.peek(after: 1).isASCIIDigit,
            cursor.bytes[start + 4] == UInt8(ascii: "-")
        {
            cursor.step()
            cursor.skip(while: \.isScalarPart)
        }
        let text = cursor.text(from: start)
        guard !text.isEmpty else { throw cursor.error("expected a value") }
        guard let value = try TOMLScalar.parse(text, line: cursor.line) else {
            throw cursor.error("'\(text.prefix(80))' is no value")
        }
        return value
    }
}

extension UInt8 {
    fileprivate var isScalarPart: Bool {
        switch self {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"): true
        default: isASCIIDigit || isASCIILetter
        }
    }
}
