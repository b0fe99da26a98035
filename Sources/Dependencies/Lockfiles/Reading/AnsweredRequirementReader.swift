import TOMLDocuments

/// What was asked for, of the tables of a lock.
struct AnsweredRequirementReader {
    let table: LockTable

    /// Texts, or tables where more than the text is known.
    func read(_ key: String) throws(LockTable.Failure) -> [AnsweredRequirement] {
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
                    isEditable: try entry.boolean("editable") ?? false, platforms: try entry.strings("platforms") ?? []))
        }
        return requirements
    }
}
