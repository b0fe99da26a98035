import TOMLDocuments

/// Makes the origin of a lock of the table `[tool.penstock]`.
struct LockOriginReader {
    let table: LockTable

    func read() throws(LockTable.Failure) -> LockOrigin {
        LockOrigin(
            requirements: try readRequirements("requirements"), constraints: try readRequirements("constraints"),
            overrides: try readRequirements("overrides"), targets: try readTargets(),
            indexes: try table.strings("indexes") ?? [], excludeNewer: try table.time("exclude-newer"),
            settings: try readSettings())
    }

    /// Texts, or tables where more than the text is known.
    private func readRequirements(_ key: String) throws(LockTable.Failure) -> [AnsweredRequirement] {
        var requirements: [AnsweredRequirement] = []
        for element in try table.elements(key) {
            if let text = element.string {
                requirements.append(AnsweredRequirement(text))
                continue
            }
            let entry = try element.table(orExpecting: "a string or a table")
            requirements.append(
                AnsweredRequirement(
                    try entry.required("requirement", entry.string("requirement")),
                    askers: try entry.strings("askers") ?? [], hashes: try entry.strings("hashes") ?? [],
                    isEditable: try entry.boolean("editable") ?? false))
        }
        return requirements
    }

    private func readTargets() throws(LockTable.Failure) -> [LockTarget] {
        // Locks of the first versions of Penstock were for one target.
        guard table.values["targets"] != nil || table.values["python"] == nil else { return [try readTarget(table)] }
        var targets: [LockTarget] = []
        for entry in try table.required("targets", table.tables("targets")) { targets.append(try readTarget(entry)) }
        return targets
    }

    private func readTarget(_ entry: LockTable) throws(LockTable.Failure) -> LockTarget {
        LockTarget(
            platform: try entry.required("platform", entry.string("platform")),
            python: try entry.required("python", entry.string("python")))
    }

    private func readSettings() throws(LockTable.Failure) -> [String: String] {
        guard let entry = try table.table("settings") else { return [:] }
        var settings: [String: String] = [:]
        for name in entry.values.keys.sorted() { settings[name] = try entry.string(name) }
        return settings
    }
}
