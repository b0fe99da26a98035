/// The bytes of a file as text, in the encoding that it says it has (pip, requirements file encoding).
enum FileText {
    /// A byte order mark decides, then a line `# -*- coding: NAME -*-` among the first two, then it is UTF-8.
    static func decode(_ bytes: [UInt8]) throws(RequestError.Problem) -> String {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return try utf8(bytes.dropFirst(3)) }
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return try utf32(bytes.dropFirst(4), isLittle: true) }
        if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return try utf32(bytes.dropFirst(4), isLittle: false) }
        if bytes.starts(with: [0xFF, 0xFE]) { return try utf16(bytes.dropFirst(2), isLittle: true) }
        if bytes.starts(with: [0xFE, 0xFF]) { return try utf16(bytes.dropFirst(2), isLittle: false) }
        guard let name = declaredEncoding(bytes) else { return try utf8(bytes[...]) }
        switch name.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).joined() {
        case "utf8", "utf8sig": return try utf8(bytes[...])
        case "ascii", "usascii":
            guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .encoding(name) }
            return try utf8(bytes[...])
        case "latin1", "iso88591", "l1":
            return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        default: throw .unknownEncoding(name)
        }
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>) throws(RequestError.Problem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .encoding("UTF-8") }
        return text
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, isLittle: Bool) throws(RequestError.Problem) -> String {
        let units = Array(bytes)
        guard units.count % 2 == 0 else { throw .encoding("UTF-16") }
        let words = stride(from: 0, to: units.count, by: 2).map { index in
            let (first, second) = (UInt16(units[index]), UInt16(units[index + 1]))
            return isLittle ? second << 8 | first : first << 8 | second
        }
        guard let text = String(validating: words, as: UTF16.self) else { throw .encoding("UTF-16") }
        return text
    }

    private static func utf32(_ bytes: ArraySlice<UInt8>, isLittle: Bool) throws(RequestError.Problem) -> String {
        let units = Array(bytes)
        guard units.count % 4 == 0 else { throw .encoding("UTF-32") }
        let words = stride(from: 0, to: units.count, by: 4).map { index in
            let four = units[index..<index + 4]
            return (isLittle ? Array(four.reversed()) : Array(four)).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        guard let text = String(validating: words, as: UTF32.self) else { throw .encoding("UTF-32") }
        return text
    }

    /// `coding: NAME` or `coding=NAME` in a comment (PEP 263).
    private static func declaredEncoding(_ bytes: [UInt8]) -> String? {
        for line in bytes.prefix(1000).split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false).prefix(2) {
            let text = String(decoding: line, as: UTF8.self)
            guard text.hasPrefix("#") else { continue }
            var rest = text[...]
            while let start = rest.firstIndex(of: "c") {
                rest = rest[start...]
                if rest.hasPrefix("coding:") || rest.hasPrefix("coding=") {
                    let name = rest.dropFirst(7).drop { $0 == " " || $0 == "\t" }
                        .prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
                    if !name.isEmpty { return String(name) }
                }
                rest = rest.dropFirst()
            }
        }
        return nil
    }
}
