/// Tags of jobs of AWS Batch, and what AWS allows in them.
package enum BatchTags {
    /// - Returns: what is wrong with a tag, as the end of a sentence about it; `nil` for a good one.
    package static func problem(_ name: String, _ value: String) -> String? {
        if [name, value].contains(where: { $0.lowercased().hasPrefix("aws:") }) {
            return "begins with 'aws:', which AWS keeps for itself"
        }
        if name.isEmpty { return "has no name" }
        if name.count > 128 { return "has a name of more than 128 characters" }
        if value.count > 256 { return "has a value of more than 256 characters" }
        if !(name + value).allSatisfy(isAllowed) { return "has a character besides letters, digits, spaces and + - = . _ : / @" }
        return nil
    }

    /// A text as it may stand in a tag.
    package static func clean(_ text: String, limit: Int) -> String { String(text.filter(isAllowed).prefix(limit)) }

    static func read(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> [String: String] {
        guard let value = site["aws_batch_tags"] else { return [:] }
        guard case .object(let members) = value, !value.isPython else {
            findings.append(
                site.finding("has aws_batch_tags=\(value)", help: "use a dictionary of texts: aws_batch_tags={'team': 'pricing'}"))
            return [:]
        }
        var tags: [String: String] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard case .string(let text) = value else {
                findings.append(
                    site.finding("has the tag '\(name)' with the value \(value)", help: "write the value of a tag in quotes"))
                continue
            }
            if let problem = problem(name, text) {
                findings.append(site.finding("has the tag '\(name)', which \(problem)", help: "rename it, or leave it out"))
            } else {
                tags[name] = text
            }
        }
        return tags
    }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isASCII
            ? character.isLetter || character.isNumber || "+-=._:/@ ".contains(character)
            : character.isLetter || character.isNumber
    }
}
