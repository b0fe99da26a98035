/// The block of a script that says what it needs (PEP 723): `# /// script`, lines of TOML after `# `, and `# ///`.
struct ScriptMetadata {
    /// The TOML.
    let text: String
    /// The line of the script that the TOML begins on, from 1.
    let firstLine: Int

    struct Problem: Error {
        var line: Int
        var reason: String
    }

    /// `nil` where the script has no such block.
    init?(in script: String) throws(Problem) {
        let lines = script.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let starts = lines.indices.filter { lines[$0] == "# /// script" }
        guard let start = starts.first else { return nil }
        if starts.count > 1 { throw Problem(line: starts[1] + 1, reason: "there is a second block '# /// script'") }
        let comments = lines[(start + 1)...].prefix { $0 == "#" || $0.hasPrefix("# ") }
        guard let end = comments.lastIndex(of: "# ///") else {
            throw Problem(line: start + 1, reason: "the block '# /// script' is not closed by a line '# ///'")
        }
        text = comments[..<end].map { $0.dropFirst(2) }.joined(separator: "\n") + "\n"
        firstLine = start + 2
    }
}
