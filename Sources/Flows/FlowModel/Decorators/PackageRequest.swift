/// One entry of `packages={…}`, as the person wrote it.
package struct PackageRequest: Hashable, Sendable {
    /// The key: a project's name, perhaps with extras; of conda, a package's name, perhaps with its channel.
    package let key: String
    /// The value: a version, a specifier, an address, or nothing. A number of conda's stands as text.
    package let version: String
    /// The name of the decorator that it stands in: `pypi`, `conda_base`.
    package let decorator: String
    /// Where it is written.
    package let file: String?
    package let line: Int?

    /// Looks at the kinds of values only; which forms have a meaning, those know who resolve.
    init(key: String, value: JSONValue, at site: DecoratorSite, findings: inout [FlowFinding]) {
        let name = key.trimmed
        var text = ""
        let isConda = site.decorator.name.hasPrefix("conda")
        if case .string(let given) = value {
            text = given.trimmed
        } else if isConda, value.anyNumber != nil {
            text = "\(value)"
        } else {
            let any = value == .null ? "write '' for any version: '\(name)': ''" : nil
            findings.append(
                site.finding(
                    "asks for '\(key)' with a version that is not text: \(value)",
                    help: any ?? "write it in quotes: '\(name)': '\(value)'"))
        }
        if name.isEmpty || name.hasPrefix("-") {
            findings.append(
                site.finding(
                    "asks for '\(key)', which is not the name of a \(isConda ? "package" : "project")",
                    help: "use the \(isConda ? "package" : "project")'s name as the key"))
        }
        self.key = key
        version = text
        decorator = site.decorator.name
        (file, line) = site.place
    }

    /// - Parameter version: as it was written, and known to be one.
    init(key: String, version: String, at site: DecoratorSite) {
        self.key = key
        self.version = version
        decorator = site.decorator.name
        (file, line) = site.place
    }
}
