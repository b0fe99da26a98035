/// One entry of `packages={…}`, as the person wrote it and as a requirement (PEP 508).
package struct PackageRequest: Hashable, Sendable {
    /// The key: a project's name, perhaps with extras.
    package let key: String
    /// The value: a version, a specifier, an address, or nothing.
    package let version: String
    /// `key==version` and the like.
    package let requirement: String
    /// Where it is written.
    package let file: String?
    package let line: Int?

    /// Turns an entry into a requirement; the forms are those of existing flows: a bare version means exactly that one,
    /// an operator is kept, nothing or `*` means any.
    init(key: String, value: JSONValue, at site: DecoratorSite, findings: inout [FlowFinding]) {
        func refuse(_ problem: String, help: String, as kind: FlowFinding.Kind = .decorator) {
            findings.append(site.finding("asks for '\(key)' \(problem)", help: help, as: kind))
        }
        let name = key.trimmed
        var text = ""
        if case .string(let given) = value {
            text = given.trimmed
        } else {
            refuse("with a version that is not text: \(value)", help: "write it in quotes: '\(name)': '\(value)'")
        }
        if name.contains("git+") || text.contains("git+") {
            refuse(
                "from a repository, which this version of Penstock cannot build", help: "use a released version",
                as: .unsupported)
        } else if name.contains(";") || text.contains(";") {
            refuse("with a marker", help: "put the condition into the flow instead")
        } else if name.isEmpty || name.hasPrefix("-") || name.hasPrefix(".") || name.contains("/") {
            refuse(", which is not the name of a project", help: "use the project's name as the key")
        } else if text == "latest" {
            refuse("in version 'latest'", help: "write '\(name)': '' for the newest version")
        }
        self.key = key
        version = text
        requirement = name + Self.constraint(text)
        (file, line) = site.place
    }

    private static func constraint(_ text: String) -> String {
        switch text.first {
        case nil: ""
        case "*" where text.count == 1: ""
        case "@": " @ " + text.dropFirst().trimmed
        case "<", ">", "!", "~": text
        case "=" where text.hasPrefix("=="): text
        default: "==" + text
        }
    }
}
