import FlowModel

/// What a flow itself brings to its command line, for `--help`.
struct FlowHelp {
    let lines: [String]

    /// The parameters of `run`.
    init(parametersOf flow: FlowDescription) {
        lines = Self.section("PARAMETERS OF THIS FLOW:", flow.parameters.map(\.helpLine))
    }

    /// The options that stand before the command: configs, those of `@project`, those of plug-in decorators.
    init(optionsOf flow: FlowDescription) {
        let configs = flow.configs.map { config in
            let value = config.defaultPath.map { " [default: \($0)]" } ?? (config.required ? " [required]" : "")
            return Self.line("--config \(config.name) <file>", (config.help ?? "") + value)
        }
        let values = flow.configs.isEmpty
            ? [] : [Self.line("--config-value <name> <json>", "The value of a config itself, in place of a file.")]
        let isProject = flow.decorators.contains { $0.name == "project" }
        let project = isProject
            ? [
                Self.line("--branch <name>", "The branch of the project."),
                Self.line("--production", "Use the production branch of the project."),
            ] : []
        let others = flow.options.map { option in
            Self.line("--\(option.name)" + (option.isFlag ? "" : " <value>"), option.help ?? "")
        }
        lines = Self.section("OPTIONS OF THIS FLOW:", configs + values + project + others)
    }

    private static func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", title] + lines
    }

    private static func line(_ option: String, _ help: String) -> String {
        let text = "  " + option
        guard !help.isEmpty else { return text }
        return text.padded(toColumns: 26) + (text.count >= 26 ? "  " : "") + help.trimmingBlanks
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
