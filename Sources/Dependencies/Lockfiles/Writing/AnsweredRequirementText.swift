/// What was asked for, in the tables of a lock: texts, or tables where more than the text is known.
enum AnsweredRequirementText {
    static func list(_ requirements: [AnsweredRequirement]) -> String {
        let elements = requirements.map(inline)
        let areTexts = requirements.allSatisfy { $0 == AnsweredRequirement($0.text) }
        return areTexts ? TOMLText.list(elements) : TOMLText.lines(elements)
    }

    private static func inline(_ requirement: AnsweredRequirement) -> String {
        let text = TOMLText.readable(requirement.text)
        guard requirement != AnsweredRequirement(requirement.text) else { return text }
        var pairs = [("requirement", text)]
        if !requirement.askers.isEmpty { pairs.append(("askers", inline(requirement.askers))) }
        if !requirement.hashes.isEmpty { pairs.append(("hashes", inline(requirement.hashes))) }
        if requirement.isEditable { pairs.append(("editable", "true")) }
        if !requirement.platforms.isEmpty { pairs.append(("platforms", inline(requirement.platforms))) }
        return TOMLText.inline(pairs)
    }

    private static func inline(_ texts: [String]) -> String { "[\(texts.map(TOMLText.readable).joined(separator: ", "))]" }
}
