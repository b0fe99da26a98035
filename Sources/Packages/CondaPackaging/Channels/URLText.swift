/// As much of URLs (RFC 3986) as channels and archives need.
enum URLText {
    /// `scheme://user:password@host:port` and the rest.
    struct Parts {
        let scheme: Substring
        let userInfo: Substring?
        let host: Substring
        /// With its slash, and with a query if there is one.
        let path: Substring

        init?(_ url: String) {
            guard let length = schemeLength(url) else { return nil }
            scheme = url[..<url.utf8.index(url.startIndex, offsetBy: length)]
            let rest = url[url.utf8.index(url.startIndex, offsetBy: length + 3)...]
            let authorityEnd = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            let authority = rest[..<authorityEnd]
            path = rest[authorityEnd...]
            if let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
                userInfo = authority[..<at]
                host = authority[authority.utf8.index(after: at)...]
            } else {
                userInfo = nil
                host = authority
            }
        }
    }

    /// Whether the text begins as `scheme://` does.
    static func hasScheme(_ text: some StringProtocol) -> Bool { schemeLength(text) != nil }

    private static func schemeLength(_ text: some StringProtocol) -> Int? {
        text.withBytes { bytes in
            guard let first = bytes.first, first.isLetter else { return nil }
            var length = 1
            while length < bytes.count, bytes[length].isSchemePart { length += 1 }
            // One letter is a drive of Windows.
            guard length > 1, length + 3 <= bytes.count, bytes.slice(length..<length + 3).equals("://") else { return nil }
            return length
        }
    }

    /// The path without its slashes at both ends; for files only the last part.
    static func path(of url: String) -> String {
        guard let parts = Parts(url) else { return url }
        let path = parts.path.split(separator: "/")
        if parts.host.isEmpty { return path.last.map(String.init) ?? url }
        return path.isEmpty ? String(parts.host) : path.joined(separator: "/")
    }

    /// The URL of a file or folder; bytes that have a meaning in URLs, and those outside of ASCII, are percent-encoded.
    static func file(_ path: String) -> String {
        var url = "file://"
        for byte in path.utf8 {
            if byte.isAlphanumeric || "/-_.~+@:,=!$&'()*".utf8.contains(byte) {
                url.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                url += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return url
    }

    /// The text with passwords and tokens made unreadable, for messages.
    static func redacted(_ text: String) -> String {
        let (url, credentials) = ChannelCredentials.removed(from: text)
        return credentials == nil ? text : url
    }

    /// The text with `%2B` and the like decoded.
    static func decoded(_ text: some StringProtocol) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let high = digits.first?.hexadecimalValue, let low = digits.last?.hexadecimalValue {
                bytes.append(UInt8(high << 4 | low))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What follows the last slash, without query and fragment.
    static func lastPart(of url: some StringProtocol) -> Substring {
        let text = Substring(url)
        let end = text.utf8.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? text.endIndex
        let plain = text[..<end]
        guard let slash = plain.utf8.lastIndex(of: UInt8(ascii: "/")) else { return plain }
        return plain[plain.utf8.index(after: slash)...]
    }
}

extension UInt8 {
    fileprivate var isSchemePart: Bool {
        isAlphanumeric || self == UInt8(ascii: "+") || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
    }
}
