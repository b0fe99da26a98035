/// Reading whole documents.
package enum TOMLDocument {
    /// The tables of a document, by the keys of its root.
    package static func read(_ text: String) throws(TOMLError) -> [String: TOMLNode] {
        let outcome = text.utf8.withContiguousStorageIfAvailable(read) ?? Array(text.utf8).withUnsafeBufferPointer(read)
        return try outcome.get()
    }

    private static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<[String: TOMLNode], TOMLError> {
        var reader = TOMLReader(bytes)
        return Result { () throws(TOMLError) in try reader.readDocument() }
    }
}

/// Reads line by line: headers, and keys with values. What they mean together is `TOMLTree`'s affair.
struct TOMLReader {
    var cursor: TOMLCursor
    private var tree = TOMLTree()

    init(_ bytes: UnsafeBufferPointer<UInt8>) { cursor = TOMLCursor(bytes) }

    mutating func readDocument() throws(TOMLError) -> [String: TOMLNode] {
        while true {
            try cursor.skipEmptyLines()
            guard !cursor.isAtEnd else { return tree.root.frozen }
            if cursor.peek == UInt8(ascii: "[") { try readHeader() } else { try readPair() }
            try cursor.endLine()
        }
    }

    private mutating func readHeader() throws(TOMLError) {
        let line = cursor.line
        let isElement = cursor.take("[[")
        if !isElement { _ = cursor.take("[") }
        let key = try readKey()
        cursor.skipBlanks()
        guard cursor.take(isElement ? "]]" : "]") else { throw cursor.error("expected '\(isElement ? "]]" : "]")'") }
        try tree.open(key, isElement: isElement, line: line)
    }

    private mutating func readPair() throws(TOMLError) {
        let line = cursor.line
        let key = try readKey()
        try readEquals()
        try tree.current.set(key, try readValue(depth: 0), line: line)
    }

    mutating func readEquals() throws(TOMLError) {
        cursor.skipBlanks()
        guard cursor.take("=") else { throw cursor.error("expected '=' after the key") }
    }

    /// Parts with dots between them.
    mutating func readKey() throws(TOMLError) -> [String] {
        var key: [String] = []
        repeat {
            cursor.skipBlanks()
            key.append(try readKeyPart())
            cursor.skipBlanks()
            guard key.count <= TOMLTree.maximumDepth else { throw cursor.error("the key has too many parts") }
        } while cursor.take(".")
        return key
    }

    private mutating func readKeyPart() throws(TOMLError) -> String {
        if cursor.peek == UInt8(ascii: "\"") || cursor.peek == UInt8(ascii: "'") {
            guard !cursor.isNext("\"\"\""), !cursor.isNext("'''") else {
                throw cursor.error("a key cannot be a string of several lines")
            }
            return try readString()
        }
        let start = cursor.position
        cursor.skip(while: \.isBareKey)
        guard cursor.position > start else { throw cursor.error("expected a key") }
        return cursor.text(from: start)
    }
}

extension UInt8 {
    fileprivate var isBareKey: Bool {
        isASCIILetter || isASCIIDigit || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
    }
}
