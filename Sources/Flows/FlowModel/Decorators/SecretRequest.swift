/// One entry of `@secrets(sources=[…])`.
package struct SecretSource: Hashable, Sendable {
    /// As it was written: a text, or a dictionary.
    package let source: JSONValue
    /// Who keeps the secret: `inline` is the one that this version has. Nothing when the person's configuration says it.
    package let backend: String?
    package let id: String
    /// The role in which it is fetched, where it has one of its own.
    package let role: String?

    package init(source: JSONValue, backend: String?, id: String, role: String? = nil) {
        self.source = source
        self.backend = backend
        self.id = id
        self.role = role
    }
}

/// What `@secrets` says.
struct SecretRequest {
    private(set) var sources: [SecretSource] = []
    let role: String?
    let allowsOverride: Bool

    private static let elsewhere: Set<String> = ["aws-secrets-manager", "gcp-secret-manager", "az-key-vault"]

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        role = site.text("role", &findings)
        allowsOverride = site.truth("allow_override", &findings) ?? false
        guard let value = site["sources"] else { return }
        guard case .array(let entries) = value else {
            findings.append(
                site.finding("has sources that are no list", help: "use a list of texts ('BACKEND.ID') and dictionaries"))
            return
        }
        var owners: [String: String] = [:]
        for entry in entries {
            guard let source = Self.source(entry, site, &findings) else { continue }
            sources.append(source)
            for name in Self.variables(of: source, site, &findings) {
                if let owner = owners.updateValue(source.id, forKey: name) {
                    findings.append(
                        site.finding(
                            "sets the variable '\(name)' twice, by the secrets '\(owner)' and '\(source.id)'",
                            help: "let each secret have variables of its own"))
                }
            }
        }
    }

    private static func source(
        _ entry: JSONValue, _ site: DecoratorSite, _ findings: inout [FlowFinding]
    ) -> SecretSource? {
        var source: SecretSource
        switch entry {
        case .string(let text):
            let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            source = SecretSource(
                source: entry, backend: halves.count == 2 ? halves[0] : nil, id: halves.last ?? text)
        case .object(let members) where !entry.isPython:
            func text(_ key: String) -> String? { if case .string(let text) = members[key] { text } else { nil } }
            let isWrong = ["type", "role"].contains { members[$0] != nil && members[$0] != .null && text($0) == nil }
            guard let id = text("id"), !isWrong else { fallthrough }
            source = SecretSource(source: entry, backend: text("type"), id: id, role: text("role"))
        default:
            findings.append(
                site.finding(
                    "has \(described(entry))",
                    help: "use a text 'BACKEND.ID', or a dictionary with the texts 'id' and 'type'"))
            return nil
        }
        guard let backend = source.backend, backend != "inline" else { return source }
        findings.append(
            elsewhere.contains(backend)
                ? site.finding(
                    "fetches '\(source.id)' from \(backend), which is not part of this version of Penstock",
                    help: "use an inline secret, or @environment", as: .unsupported)
                : site.finding("names the backend '\(backend)', which does not exist", help: "use inline"))
        return nil
    }

    /// Without the options, which are what is secret.
    private static func described(_ entry: JSONValue) -> String {
        guard case .object(let members) = entry, !entry.isPython else { return "the source \(entry)" }
        return "a source with " + members.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
    }

    /// The variables that an inline secret sets.
    private static func variables(
        of source: SecretSource, _ site: DecoratorSite, _ findings: inout [FlowFinding]
    ) -> [String] {
        guard source.backend == "inline", case .object(let members) = source.source,
            let options = members["options"], options != .null
        else { return [] }
        guard case .object(let given) = options, case .object(let variables) = given["env_vars"] ?? .object([:]) else {
            findings.append(
                site.finding(
                    "has the secret '\(source.id)' with options that are no dictionary",
                    help: "write 'options': {'env_vars': {'NAME': 'VALUE'}}"))
            return []
        }
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
            if !isVariable(name) {
                findings.append(
                    site.finding(
                        "sets the variable '\(name)' by the secret '\(source.id)'",
                        help: "use a name of letters, digits and underscores that does not begin with METAFLOW_"))
            } else if case .string = value {
            } else {
                findings.append(
                    site.finding(
                        "gives a value that is no text to the variable '\(name)' of the secret '\(source.id)'",
                        help: "write the value in quotes"))
            }
        }
        return variables.keys.sorted()
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return !name.hasPrefix("METAFLOW_")
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
