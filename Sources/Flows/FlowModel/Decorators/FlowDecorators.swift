/// What the decorators of a flow's class ask for.
package struct FlowDecorators: Hashable, Sendable {
    /// Nothing when the flow belongs to no project.
    package var project: ProjectSettings?
    /// In the order of their definition.
    package var exitHooks: [ExitHook] = []
    /// Attributes of `@schedule`, as they were given. For schedulers; there is nothing to do on the person's own machine.
    package var schedule: JSONValue?
    /// Attributes of `@trigger` and `@trigger_on_finish`, likewise.
    package var triggers: [JSONValue] = []
    /// All in force, from the top one down.
    package var all: [DecoratorDescription] = []

    package init() {}
}

/// What `@project` says.
package struct ProjectSettings: Hashable, Sendable {
    package let name: String
    /// Nothing when the attribute is not given.
    package let branch: String?
    /// Nothing when the attribute is not given.
    package let production: Bool?
    /// Where it is written.
    package let file: String?
    package let line: Int?

    package init(name: String, branch: String? = nil, production: Bool? = nil, file: String? = nil, line: Int? = nil) {
        self.name = name
        self.branch = branch
        self.production = production
        self.file = file
        self.line = line
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
}
