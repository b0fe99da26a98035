internal import CondaChannels
internal import CondaPackaging
internal import PythonPackaging
internal import TOMLDocuments

extension RequestDraft {
    /// Reads `[tool.penstock.conda]` of a project or script: what it asks of conda.
    mutating func takeConda(_ table: RequestTable, of file: RequestFile) throws(RequestError) {
        for key in table.values.keys.sorted() where !Self.condaKeys.contains(key) {
            throw RequestError(
                .unsupported(table.placed(key), help: "the keys of [\(table.place)] are \(Self.condaKeys.joined(separator: ", "))"),
                file: file.name, line: table.line(of: key))
        }
        for entry in try table.strings("channels") { try add(channel: entry.text, file: file, line: entry.line) }
        for entry in try table.strings("dependencies") {
            try add(conda: entry.text, asker: Asker("[\(table.place)] of \(file.name)", file: file.name, line: entry.line))
        }
        for entry in try table.strings("platforms") { try add(platform: entry.text, file: file, line: entry.line) }
        if let text = try table.string("channel-priority") {
            guard let priority = ChannelSettings.Priority(rawValue: text) else {
                throw table.error("channel-priority", expected: "strict, flexible or disabled")
            }
            result.conda.priority = priority
        }
        try takePreference(table)
        if let names = try table.table("names") { result.conda.names = result.conda.names.over(try ProjectNameMapping(names)) }
    }

    private static let condaKeys = ["channels", "dependencies", "channel-priority", "platforms", "prefer", "names"]

    /// `prefer = "pypi"`, or a table of projects, in which `"*"` stands for all others.
    private mutating func takePreference(_ table: RequestTable) throws(RequestError) {
        guard let node = table.values["prefer"] else { return }
        if let text = node.string {
            result.conda.preference.usual = try world(text, table, "prefer")
            return
        }
        guard let preferences = try table.table("prefer") else { return }
        for (key, _) in preferences.values.sorted(by: { $0.key < $1.key }) {
            let world = try world(try preferences.string(key) ?? "", preferences, key)
            if key == "*" {
                result.conda.preference.usual = world
            } else {
                guard let name = try? PackageName(parsing: key) else { throw preferences.error(key, expected: "below the name of a Python project") }
                result.conda.preference.ofProjects[name] = world
            }
        }
    }

    private func world(_ text: String, _ table: RequestTable, _ key: String) throws(RequestError) -> PackageWorld {
        guard let world = PackageWorld(rawValue: text) else { throw table.error(key, expected: "conda or pypi") }
        return world
    }
}
