internal import CondaPackaging
internal import PythonPackaging
internal import TOMLDocuments

extension RequestReader {
    /// Reads which conda packages have which Python projects: a TOML file with a line for each conda package, such as
    /// `pytorch = ["torch"]`, or the `[tool.penstock.conda.names]` of a `pyproject.toml`.
    ///
    /// - Parameter path: a path, or a `file:`, `http:` or `https:` URL.
    public func names(file path: String) async throws(RequestError) -> ProjectNameMapping {
        let file = try RequestFile(path, below: folder, seenFrom: folder)
        let table = RequestTable(try document(try await text(of: file), file: file.name), file: file.name)
        guard table.values["tool"] != nil || file.lastName == "pyproject.toml" else { return try ProjectNameMapping(table) }
        let conda = try table.table("tool")?.table("penstock")?.table("conda")
        return try conda?.table("names").map { names throws(RequestError) in try ProjectNameMapping(names) } ?? ProjectNameMapping()
    }
}

extension ProjectNameMapping {
    /// - Parameter table: a conda name for each key, and as the value a project or a list of them.
    init(_ table: RequestTable) throws(RequestError) {
        var projects: [CondaName: [PackageName]] = [:]
        for (key, node) in table.values.sorted(by: { ($0.value.line, $0.key) < ($1.value.line, $1.key) }) {
            guard let package = try? CondaName(parsing: key) else {
                throw table.error(key, expected: "below the name of a conda package, such as pytorch")
            }
            let texts = if let text = node.string { [RequestTable.Text(text: text, line: table.line(of: node))] } else { try table.strings(key) }
            var names: [PackageName] = []
            for entry in texts {
                guard let name = try? PackageName(parsing: entry.text) else {
                    throw RequestError(
                        .value(table.placed(key), expected: "a list of names of Python projects; '\(entry.text)' is none"),
                        file: table.file, line: entry.line)
                }
                names.append(name)
            }
            guard projects.updateValue(names, forKey: package) == nil else {
                throw table.error(key, expected: "the only line about the conda package \(package)")
            }
        }
        self.init(projects)
    }
}
