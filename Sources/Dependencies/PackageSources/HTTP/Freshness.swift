/// How long an answer may be used without asking again (RFC 9111, for a private cache).
package struct Freshness: Sendable, Hashable {
    /// Seconds from now.
    package var lifetime: Int64
    /// Seconds after that in which the answer may serve while the server fails (RFC 5861).
    package var staleIfError: Int64 = 0
    /// Whether the answer may be kept at all.
    package var isStorable = true

    /// What differs between requests of ours: everything else a server may vary its answers by is validated each time.
    private static let constantHeaders: Set<String> = ["accept", "accept-encoding", "user-agent"]

    /// - Parameters:
    ///   - header: the answer's headers of that name, in lower case, as one list.
    ///   - now: seconds since 1970, when the answer came.
    ///   - fallback: the longest lifetime where the server says nothing.
    package init(header: (String) -> String?, now: Int64? = nil, fallback: Int64) {
        let directives = Self.directives(header("cache-control") ?? "")
        lifetime = 0
        if directives["no-store"] != nil {
            isStorable = false
            return
        }
        guard directives["no-cache"] == nil, Self.isSame(vary: header("vary")) else { return }
        let used = Self.age(header, now)
        if let age = directives["max-age"] {
            // A value that is no number means stale (4.2.1).
            lifetime = max(0, (Self.seconds(age) ?? 0) - used)
        } else if let expires = header("expires") {
            lifetime = max(0, Self.lifetime(expires: expires, date: header("date"), now) - used)
        } else {
            lifetime = Self.heuristic(header, fallback)
        }
        // Nobody means a year; a week is enough for what changes at all.
        if directives["immutable"] == nil { lifetime = min(lifetime, 7 * 86400) }
        if directives["must-revalidate"] == nil, let window = directives["stale-if-error"].flatMap(Self.seconds) {
            staleIfError = min(window, 7 * 86400)
        }
    }

    /// What other caches have used up already (4.2.3).
    private static func age(_ header: (String) -> String?, _ now: Int64?) -> Int64 {
        let stated = header("age").flatMap { seconds($0.trimmedASCII) } ?? 0
        guard let now, let date = header("date").flatMap(HTTPDate.seconds) else { return stated }
        return max(stated, now - date)
    }

    private static func lifetime(expires: String, date: String?, _ now: Int64?) -> Int64 {
        guard let end = HTTPDate.seconds(expires), let start = date.flatMap(HTTPDate.seconds) ?? now else { return 0 }
        return max(0, end - start)
    }

    /// A tenth of the time for which the answer has not changed (4.2.2), but not longer than `fallback`.
    private static func heuristic(_ header: (String) -> String?, _ fallback: Int64) -> Int64 {
        guard let changed = header("last-modified").flatMap(HTTPDate.seconds),
            let date = header("date").flatMap(HTTPDate.seconds), date > changed
        else { return fallback }
        return min(fallback, (date - changed) / 10)
    }

    private static func isSame(vary: String?) -> Bool {
        guard let vary else { return true }
        return vary.split(separator: ",").allSatisfy { constantHeaders.contains($0.trimmedASCII.lowercased()) }
    }

    /// Delta seconds; what is larger than fits counts as very long (1.2.2).
    private static func seconds(_ text: String) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
        return Int64(text) ?? 1 << 31
    }

    /// The comma-separated directives by name in lower case, with their values or an empty text. The first of a kind counts.
    private static func directives(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(\.trimmedASCII)
            guard let name = pair.first?.lowercased(), result[name] == nil else { continue }
            result[name] = pair.count > 1 ? pair[1].filter { $0 != "\"" } : ""
        }
        return result
    }
}

extension Freshness {
    /// What the headers of an answer say.
    ///
    /// - Parameters:
    ///   - fallback: the longest lifetime where the server says nothing; `nil` for that of a page.
    ///   - staleIfError: what holds where the server says nothing at all about caching (an answer 304).
    init(
        _ answer: HTTPAnswer, _ options: HTTPOptions, isMissing: Bool = false, fallback: Int64? = nil,
        staleIfError: Int64 = 0
    ) {
        let usual = isMissing ? options.missingPageLifetime : options.pageLifetime
        self.init(header: answer.list, now: options.now(), fallback: fallback ?? usual.components.seconds)
        if answer.header("cache-control") == nil { self.staleIfError = staleIfError }
    }
}
