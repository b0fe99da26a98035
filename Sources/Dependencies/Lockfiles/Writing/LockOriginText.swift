/// The table `[tool.penstock]` of a lock.
enum LockOriginText {
    static func text(of origin: LockOrigin) -> String {
        var text = "\n[tool.penstock]\n"
        func pair(_ key: String, _ value: String) { text += "\(key) = \(value)\n" }
        pair("requirements", list(origin.requirements))
        if !origin.constraints.isEmpty { pair("constraints", list(origin.constraints)) }
        if !origin.overrides.isEmpty { pair("overrides", list(origin.overrides)) }
        pair("targets", TOMLText.lines(origin.targets.map(inline)))
        if !origin.indexes.isEmpty { pair("indexes", TOMLText.strings(origin.indexes)) }
        if let time = origin.excludeNewer { pair("exclude-newer", time.description) }
        if !origin.settings.isEmpty { pair("settings", TOMLText.inline(.table(origin.settings.mapValues(LockValue.string)))) }
        return text
    }

    private static func list(_ requirements: [AnsweredRequirement]) -> String {
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
        return TOMLText.inline(pairs)
    }

    private static func inline(_ texts: [String]) -> String { "[\(texts.map(TOMLText.readable).joined(separator: ", "))]" }

    private static func inline(_ target: LockTarget) -> String {
        TOMLText.inline([("platform", TOMLText.string(target.platform)), ("python", TOMLText.string(target.python))])
    }
}
