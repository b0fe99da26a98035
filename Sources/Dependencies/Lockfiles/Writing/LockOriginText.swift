/// The table `[tool.penstock]` of a lock.
enum LockOriginText {
    static func text(of origin: LockOrigin) -> String {
        var text = "\n[tool.penstock]\n"
        func pair(_ key: String, _ value: String) { text += "\(key) = \(value)\n" }
        pair("requirements", AnsweredRequirementText.list(origin.requirements))
        if !origin.constraints.isEmpty { pair("constraints", AnsweredRequirementText.list(origin.constraints)) }
        if !origin.overrides.isEmpty { pair("overrides", AnsweredRequirementText.list(origin.overrides)) }
        pair("targets", TOMLText.lines(origin.targets.map(inline)))
        if !origin.indexes.isEmpty { pair("indexes", TOMLText.strings(origin.indexes)) }
        if let time = origin.excludeNewer { pair("exclude-newer", time.description) }
        if !origin.settings.isEmpty { pair("settings", TOMLText.inline(.table(origin.settings.mapValues(LockValue.string)))) }
        return text
    }

    private static func inline(_ target: LockTarget) -> String {
        TOMLText.inline([("platform", TOMLText.string(target.platform)), ("python", TOMLText.string(target.python))])
    }
}
