/// How long an answer may be used without asking again (RFC 9111, for a private cache).
package struct Freshness: Sendable, Hashable {
    /// Seconds from now.
    package var lifetime: Int64
    /// Whether the answer may be kept at all.
    package var isStorable = true

    /// - Parameters:
    ///   - header: the answer's header of that name, in lower case.
    ///   - fallback: the lifetime where the server says nothing.
    package init(header: (String) -> String?, fallback: Int64) {
        let directives = Self.directives(header("cache-control") ?? "")
        if directives["no-store"] != nil {
            (lifetime, isStorable) = (0, false)
        } else if directives["no-cache"] != nil {
            lifetime = 0
        } else if let age = directives["max-age"], let seconds = Int64(age) {
            // What other caches have used up already is gone.
            lifetime = max(0, seconds - (header("age").flatMap { Int64($0) } ?? 0))
        } else if let expires = header("expires") {
            lifetime = Self.lifetime(expires: expires, date: header("date"))
        } else {
            lifetime = fallback
        }
        // Nobody means a year; a week is enough for what changes at all.
        lifetime = min(lifetime, 7 * 86400)
    }

    private static func lifetime(expires: String, date: String?) -> Int64 {
        guard let end = HTTPDate.seconds(expires), let start = date.flatMap(HTTPDate.seconds) else { return 0 }
        return max(0, end - start)
    }

    /// The comma-separated directives by name in lower case, with their values or an empty text.
    private static func directives(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(\.trimmedASCII)
            guard let name = pair.first else { continue }
            result[name.lowercased()] = pair.count > 1 ? pair[1].filter { $0 != "\"" } : ""
        }
        return result
    }
}
