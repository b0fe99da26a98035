/// The URL of a page, for finding out where relative URLs in it lead (RFC 3986, reference resolution).
package struct URLReference: Sendable {
    /// With the colon: `https:`.
    private let scheme: Substring
    /// With the slashes: `//index.example:8080`; empty without an authority.
    private let authority: Substring
    private let path: Substring

    package init(_ text: String) {
        let text = Substring(text.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        let schemeEnd = Self.schemeEnd(text) ?? text.startIndex
        scheme = text[..<schemeEnd]
        let rest = text[schemeEnd...]
        guard rest.utf8.starts(with: "//".utf8) else {
            authority = ""
            path = rest
            return
        }
        let host = rest.dropFirst(2)
        let pathStart = host.utf8.firstIndex(of: UInt8(ascii: "/")) ?? host.endIndex
        authority = rest[..<pathStart]
        path = rest[pathStart...]
    }

    /// Where `reference` leads, without its fragment.
    package func resolving(_ reference: String) -> String {
        guard let hash = reference.utf8.firstIndex(of: UInt8(ascii: "#")) else {
            return Self.schemeEnd(reference[...]) == nil ? absolute(reference[...]) : reference
        }
        return absolute(reference[..<hash])
    }

    private func absolute(_ reference: Substring) -> String {
        if Self.schemeEnd(reference) != nil { return String(reference) }
        if reference.utf8.starts(with: "//".utf8) { return "\(scheme)\(reference)" }
        if reference.isEmpty { return "\(scheme)\(authority)\(path)" }
        let queryStart = reference.utf8.firstIndex(of: UInt8(ascii: "?")) ?? reference.endIndex
        let query = reference[queryStart...]
        let target = reference[..<queryStart]
        let merged =
            if target.isEmpty { String(path) } else if target.utf8.first == UInt8(ascii: "/") { String(target) } else {
                merge(target)
            }
        return "\(scheme)\(authority)\(target.isEmpty ? merged : Self.withoutDots(merged))\(query)"
    }

    /// The reference in the folder of the base.
    private func merge(_ target: Substring) -> String {
        if path.isEmpty, !authority.isEmpty { return "/\(target)" }
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return String(target) }
        return "\(path[...slash])\(target)"
    }

    /// The path with `.` and `..` followed.
    private static func withoutDots(_ path: String) -> String {
        let segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        var kept: [Substring] = []
        for (position, segment) in segments.map({ Substring($0) }).enumerated() {
            let isLast = position == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                // The empty segment before the first slash stays.
                if kept.count > 1 { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return kept.joined(separator: "/")
    }

    /// The place after the colon of a scheme, where there is one.
    private static func schemeEnd(_ text: Substring) -> Substring.Index? {
        let bytes = text.utf8
        guard let first = bytes.first, first.isLetter else { return nil }
        guard let colon = bytes.firstIndex(where: { !$0.isSchemePart }), bytes[colon] == UInt8(ascii: ":") else {
            return nil
        }
        return bytes.index(after: colon)
    }
}

extension UInt8 {
    fileprivate var isSchemePart: Bool {
        isAlphanumeric || self == UInt8(ascii: "+") || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
    }
}
