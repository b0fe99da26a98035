extension [String] {
    /// `a`, `a and b`, `a, b and c`; long lists are cut.
    func listed(_ conjunction: String, limit: Int = 5) -> String {
        guard count > 1 else { return first ?? "" }
        guard count <= limit else {
            return prefix(limit - 1).joined(separator: ", ") + " \(conjunction) \(count - limit + 1) more"
        }
        return dropLast().joined(separator: ", ") + " \(conjunction) \(self[count - 1])"
    }

    /// Whole clauses, as parts of one sentence.
    var joinedAsClauses: String {
        guard count > 2 else { return joined(separator: ", and ") }
        return dropLast().joined(separator: ", ") + ", and " + self[count - 1]
    }

    /// Each once, in the same order.
    var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}

extension String {
    /// Words that may begin with a capital letter; names of packages and files may not.
    private static let plainWords: Set<Substring> = ["you", "all", "any", "no", "step", "the", "this", "what"]

    /// As the beginning of a sentence.
    var capitalisedAsSentence: String {
        guard Self.plainWords.contains(prefix { $0 != " " }) else { return self }
        return prefix(1).uppercased() + dropFirst()
    }
}
