/// The environment that a step takes by the name that it was given: `@named_env`, `@named_env_base`.
///
/// The name is looked up when a run starts. That is what `fetch_at_exec` asks for where runs start elsewhere, so that it makes
/// no difference here.
package struct NamedEnvironmentRequest: Hashable, Sendable {
    package let name: String
    /// Runs in the launching interpreter after all.
    package let isDisabled: Bool
    /// Where it is asked for.
    package let file: String?
    package let line: Int?

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        var name = ""
        let isDisabled = site.truth("disabled", &findings) ?? false
        _ = site.truth("fetch_at_exec", &findings)
        switch site["name"] {
        case .string(let text) where !text.trimmed.isEmpty: name = text.trimmed
        case nil where isDisabled: break
        case let value:
            findings.append(
                site.finding(
                    value.map { "has name=\($0)" } ?? "has no name",
                    help: "write the name of an environment: name='ds'; penstock env name lists those that are known"))
        }
        self.name = name
        self.isDisabled = isDisabled
        (file, line) = site.place
    }

    // Where it is written does not count.
    package static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.isDisabled == right.isDisabled
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(isDisabled)
    }
}
