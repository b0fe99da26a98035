/// What the decorators of a flow's class ask for.
package struct FlowDecorators: Hashable, Sendable {
    /// Nothing when the flow belongs to no project.
    package var project: ProjectSettings?
    /// In the order of their definition.
    package var exitHooks: [ExitHook] = []
    /// Patterns of data files that belong to the code package, of all `@package_data` in their order.
    package var packageData: [String] = []
    /// Attributes of `@schedule`, as they were given. For schedulers; there is nothing to do on the person's own machine.
    package var schedule: JSONValue?
    /// Attributes of `@trigger` and `@trigger_on_finish`, likewise.
    package var triggers: [JSONValue] = []
    /// All in force, from the top one down.
    package var all: [DecoratorDescription] = []

    package init() {}

    /// The options that decorators of Penstock's own add to the top of the command line.
    package var options: [FlowOptionDescription] {
        var options: [FlowOptionDescription] = []
        if project != nil {
            options.append(
                FlowOptionDescription(
                    name: "branch", help: "Run in this branch of the project; user.NAME by default."))
            options.append(
                FlowOptionDescription(
                    name: "production", isFlag: true, defaultValue: .bool(false),
                    help: "Run in the production branch of the project, or in that of --branch."))
        }
        if all.contains(where: { $0.name == "trigger_on_finish" && !$0.isPlugin }) {
            options.append(
                FlowOptionDescription(
                    name: "trigger", multiple: true, help: "Act as if this run, Flow/run, had triggered the flow."))
        }
        return options
    }
}

/// Functions of the flow's file that are called when a run is over: one `@exit_hook`.
package struct ExitHook: Hashable, Sendable {
    /// Names of functions for a run that succeeded.
    package let onSuccess: [String]
    /// Names of functions for a run that did not.
    package let onError: [String]

    package init(onSuccess: [String] = [], onError: [String] = []) {
        self.onSuccess = onSuccess
        self.onError = onError
    }

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        let before = findings.count
        onSuccess = Self.names("on_success", site, &findings)
        onError = Self.names("on_error", site, &findings)
        if onSuccess.isEmpty, onError.isEmpty, findings.count == before {
            findings.append(
                site.finding("names no function", help: "give it on_success=[...], on_error=[...] or both"))
        }
    }

    private static func names(
        _ attribute: String, _ site: DecoratorSite, _ findings: inout [FlowFinding]
    ) -> [String] {
        guard let value = site[attribute] else { return [] }
        if let name = value.functionName { return [name] }
        if case .array(let values) = value {
            let names = values.compactMap(\.functionName)
            if names.count == values.count { return names }
        }
        findings.append(
            site.finding("has \(attribute)=\(value)", help: "use a list of functions of the flow's file, or their names"))
        return []
    }
}
