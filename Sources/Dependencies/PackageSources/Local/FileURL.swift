package import SystemPackage

/// `file:` addresses and the paths that they stand for (RFC 8089).
package enum FileURL {
    /// The path of an address of this machine; `nil` for any other address.
    package static func path(_ url: String) -> FilePath? {
        guard var text = rest(of: url, after: "file:") else { return nil }
        if let local = rest(of: String(text), after: "//") {
            guard let slash = local.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
            let host = local[..<slash].lowercased()
            guard host.isEmpty || host == "localhost" else { return nil }
            text = local[slash...]
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        let end = text.utf8.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? text.endIndex
        guard let path = percentDecoded(text[..<end]), !path.utf8.contains(0) else { return nil }
        return FilePath(path)
    }

    /// The address of an absolute path.
    package static func url(_ path: FilePath) -> String {
        var url = "file://"
        for byte in path.string.utf8 {
            if isPlain(byte) {
                url.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                url += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return url
    }

    /// What comes behind a prefix, in whatever case that is written.
    private static func rest(of text: String, after prefix: String) -> Substring? {
        let count = prefix.utf8.count
        guard text.utf8.count >= count, text.prefix(count).lowercased() == prefix else { return nil }
        return text[text.utf8.index(text.startIndex, offsetBy: count)...]
    }

    /// Letters, digits, and what needs no escape in a path (RFC 3986).
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/-._~!$&'()*+,;=:@".utf8.contains(byte)
        }
    }
}

/// The text with `%2B` and the like decoded; `nil` if that is no UTF-8.
func percentDecoded(_ text: Substring) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), let value = UInt8(String(Substring(rest.prefix(2))), radix: 16), rest.count >= 2 {
            bytes.append(value)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte)
        }
    }
    return String(validating: bytes, as: UTF8.self)
}
