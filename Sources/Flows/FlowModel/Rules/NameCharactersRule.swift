/// Rule 6: names of steps are made of `a`–`z`, `0`–`9` and `_`, and do not begin with `_`.
struct NameCharactersRule: GraphRule {
    let number = GraphRuleNumber.nameCharacters

    func findings(in draft: GraphDraft) -> [FlowFinding] {
        draft.flow.steps.filter { !Self.isPlain($0.name.text) }.map { step in
            finding(
                step, "step '\(step.name)' has a name with characters that are not allowed",
                help: "use lower-case letters, digits and underscores, beginning with a letter or digit")
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "_") else { return false }
        return text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
