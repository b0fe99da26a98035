/// A URL taken apart (RFC 3986); nothing is decoded.
struct URLParts: Sendable {
    /// In lower case, without the colon.
    let scheme: String
    /// What stands before `@`: user and password.
    let userInfo: String?
    /// In lower case, with the port; `nil` where the URL has no `//`.
    let host: String?
    var path: String
    /// Without `?`.
    let query: String?
    /// Without `#`.
    let fragment: String?

    /// `nil` for text that does not begin with a scheme.
    init?(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), Self.isScheme(text[..<colon]) else { return nil }
        scheme = text[..<colon].lowercased()
        var rest = text[text.utf8.index(after: colon)...]
        fragment = Self.cut(&rest, at: UInt8(ascii: "#"))
        query = Self.cut(&rest, at: UInt8(ascii: "?"))
        guard rest.utf8.starts(with: "//".utf8) else {
            (userInfo, host, path) = (nil, nil, String(rest))
            return
        }
        let authorityAndPath = rest.dropFirst(2)
        let end = authorityAndPath.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        let authority = authorityAndPath[..<end]
        path = String(rest[end...])
        if let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
            userInfo = String(authority[..<at])
            host = authority[authority.utf8.index(after: at)...].lowercased()
        } else {
            userInfo = nil
            host = authority.lowercased()
        }
    }

    /// The URL without its fragment; scheme and host are in lower case.
    var text: String {
        let user = userInfo.map { "\($0)@" } ?? ""
        let authority = host.map { "//\(user)\($0)" } ?? ""
        return "\(scheme):\(authority)\(path)" + (query.map { "?\($0)" } ?? "")
    }

    /// What stands behind the last slash.
    var lastPathSegment: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first.isLetter else { return false }
        return text.utf8.allSatisfy {
            $0.isAlphanumeric || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
    }

    /// Takes off what follows the first `mark`.
    private static func cut(_ text: inout Substring, at mark: UInt8) -> String? {
        guard let place = text.utf8.firstIndex(of: mark) else { return nil }
        let tail = String(text[text.utf8.index(after: place)...])
        text = text[..<place]
        return tail
    }
}

/// `%2B` and the like (RFC 3986).
enum PercentCoding {
    /// Sequences that are none stay as they are.
    static func decoded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Fit for the path or the fragment of a URL in a requirement: letters, digits, `/` and `-._~+!,` stay.
    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if byte.isAlphanumeric || "/-._~+!,".utf8.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}

extension UInt8 {
    var isHexDigit: Bool { isDigit || (isLetter && lowercased <= UInt8(ascii: "f")) }
}
