import TOMLDocuments

/// Makes the origin of a lock of the table `[tool.penstock]`.
struct LockOriginReader {
    let table: LockTable

    private var asked: AnsweredRequirementReader { AnsweredRequirementReader(table: table) }

    func read() throws(LockTable.Failure) -> LockOrigin {
        LockOrigin(
            requirements: try asked.read("requirements"), constraints: try asked.read("constraints"),
            overrides: try asked.read("overrides"), targets: try readTargets(),
            indexes: try table.strings("indexes") ?? [], excludeNewer: try table.time("exclude-newer"),
            settings: try readSettings(),
            conda: try table.table("conda").flatMap { conda throws(LockTable.Failure) in try LockedCondaReader(table: conda).readOrigin() })
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
