/// What a step takes of its uv project: `@uv` and `@uv_base` taken together.
package struct UVRequirements: Hashable, Sendable {
    /// Extras of the project, as they were written.
    package var extras: [String] = []
    /// Dependency groups, as they were written.
    package var groups: [String] = []
    /// Whether the groups of `[tool.uv] default-groups` are taken too, `dev` where it names none.
    package var usesDefaultGroups = true
    /// The version as it was written; nothing for the project's.
    package var python: String?
    /// Runs in the launching interpreter after all.
    package var isDisabled = false
    /// Where it is asked for, if a decorator does.
    package var file: String?
    package var line: Int?

    package init() {}

    /// Extras and groups of both count; for the rest, the step's word before the base's.
    init(base: UVAttributes?, step: UVAttributes?) {
        for attributes in [base, step].compactMap({ $0 }) {
            extras += attributes.extras.filter { !extras.contains($0) }
            groups += attributes.groups.filter { !groups.contains($0) }
        }
        usesDefaultGroups = step?.usesDefaultGroups ?? base?.usesDefaultGroups ?? true
        python = step?.python ?? base?.python
        isDisabled = step?.isDisabled ?? base?.isDisabled ?? false
        (file, line) = (step ?? base)?.place ?? (nil, nil)
    }

    // Where it is written does not count.
    package static func == (left: Self, right: Self) -> Bool { left.facts == right.facts }

    package func hash(into hasher: inout Hasher) { hasher.combine(facts) }

    private var facts: [String?] {
        [python, "\(usesDefaultGroups)", "\(isDisabled)"] + extras.sorted() + [nil] + groups.sorted()
    }
}

/// What one `@uv` or `@uv_base` says.
struct UVAttributes {
    private(set) var extras: [String] = []
    private(set) var groups: [String] = []
    private(set) var usesDefaultGroups: Bool?
    private(set) var python: String?
    private(set) var isDisabled: Bool?
    let place: (file: String?, line: Int?)

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        place = site.place
        extras = site.names("extras", &findings)
        groups = site.names("groups", &findings)
        usesDefaultGroups = site.truth("default_groups", &findings)
        python = site.pythonVersion(&findings)
        isDisabled = site.truth("disabled", &findings)
    }
}

extension DecoratorSite {
    /// A list of names, or one text with commas between them, as on the command line; anything else is told.
    fileprivate func names(_ attribute: String, _ findings: inout [FlowFinding]) -> [String] {
        guard let value = self[attribute] else { return [] }
        switch value {
        case .string(let text): return text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
        case .array(let values):
            let names = values.compactMap { if case .string(let text) = $0 { text.trimmed } else { nil } }
            if names.count == values.count, !names.contains("") { return names }
        default: break
        }
        findings.append(
            finding("has \(attribute)=\(value)", help: "write a list of names: \(attribute)=['\(attribute == "extras" ? "plots" : "test")']"))
        return []
    }
}
