/// Addresses that repodata states relative to where it is (CEP 15, CEP 16).
package enum RelativeURL {
    /// The address without a slash at its end; `nil` for text that is none.
    ///
    /// - Parameter folder: Where relative ones begin, without a slash at the end.
    package static func resolve(_ text: String, in folder: String) -> String? {
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) else { return nil }
        if let mark = text.firstRange(of: "://") {
            let scheme = text[..<mark.lowerBound].lowercased()
            let url = trimmed(text)
            // Only a file has no host.
            guard ["https", "http", "file"].contains(scheme), mark.upperBound < url.endIndex, scheme == "file" || text[mark.upperBound] != "/"
            else { return nil }
            return url
        }
        guard let mark = folder.firstRange(of: "://") else { return nil }
        let rest = folder[mark.upperBound...]
        let hostEnd = rest.firstIndex(of: "/") ?? rest.endIndex
        let root = folder[..<hostEnd]
        var parts = text.hasPrefix("/") ? [] : folder[hostEnd...].split(separator: "/")
        for part in text.split(separator: "/") where part != "." {
            guard part == ".." else {
                parts.append(part)
                continue
            }
            guard parts.popLast() != nil else { return nil }
        }
        return parts.isEmpty ? String(root) : "\(root)/\(parts.joined(separator: "/"))"
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
