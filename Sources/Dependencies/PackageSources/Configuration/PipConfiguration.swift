/// The settings of pip's configuration files that concern indexes.
///
/// The format is that of Python's configparser: sections, `key = value` or `key: value`, values that go on in indented
/// lines, comments with `#` or `;` at the start of a line.
package struct PipConfiguration: Sendable {
    private var sections: [String: [String: String]] = [:]

    package init() {}

    /// - Parameter file: for errors.
    package init(parsing text: String, file: String) throws(PackageSourceError) {
        var section: String?
        var key: String?
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let trimmed = line.trimmedASCII
            if trimmed.isEmpty || trimmed.hasPrefix("#") || trimmed.hasPrefix(";") { continue }
            if let first = line.utf8.first, first == 0x20 || first == 0x09, let section, let key {
                sections[section]?[key]?.append("\n" + trimmed)
                continue
            }
            if trimmed.hasPrefix("["), trimmed.hasSuffix("]") {
                let name = String(trimmed.dropFirst().dropLast())
                section = name
                key = nil
                if sections[name] == nil { sections[name] = [:] }
                continue
            }
            guard let section, let separator = trimmed.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                throw .configuration(
                    file: file, line: number + 1, problem: "expected '[section]' or 'name = value', found '\(redacting(trimmed))'")
            }
            let name = String(trimmed[..<separator].trimmedASCII.lowercased().map { $0 == "_" ? "-" : $0 })
            sections[section]?[name] = trimmed[trimmed.index(after: separator)...].trimmedASCII
            key = name
        }
    }

    /// Takes over what the other file says, key by key.
    mutating func override(with other: PipConfiguration) {
        for (section, values) in other.sections { sections[section, default: [:]].merge(values) { $1 } }
    }

    /// What `pip install` would use: its own section comes before the general one.
    package subscript(_ key: String) -> String? {
        sections["install"]?[key] ?? sections["global"]?[key]
    }

    /// A value that is a list: separated by white space.
    package func list(_ key: String) -> [String] {
        self[key].map(splitList) ?? []
    }
}

/// Parts of `text` between white space.
func splitList(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "\t" || $0.isNewline }.map(String.init)
}
