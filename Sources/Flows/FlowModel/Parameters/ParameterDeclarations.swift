extension FlowDescription {
    /// What is wrong with the declarations of the flow's parameters. Only a run asks: other commands do without them.
    package var parameterFindings: [FlowFinding] {
        var first: [String: ParameterDescription] = [:]
        return parameters.flatMap { parameter -> [FlowFinding] in
            let folded = parameter.name.lowercased()
            var findings = findings(of: parameter)
            if let other = first[folded] {
                findings.append(
                    finding(
                        parameter, "parameters '\(other.name)' and '\(parameter.name)' have the same name",
                        help: "give one of them another name; upper and lower case do not count"))
            } else {
                first[folded] = parameter
            }
            return findings
        }
    }

    /// Throws when a parameter is declared wrongly.
    package func checkParameters() throws(FlowErrors) {
        if let errors = FlowErrors(name, parameterFindings) { throw errors }
    }

    private static let reserved: Set<String> = [
        "params", "with", "tag", "tags", "namespace", "obj", "decospecs", "run-id", "task-id", "run-id-file",
        "max-num-splits", "max-workers", "max-log-size", "user-namespace", "runner-attribute-file",
    ]

    private func findings(of parameter: ParameterDescription) -> [FlowFinding] {
        var findings: [FlowFinding] = []
        if Self.reserved.contains(String(parameter.name.map { $0 == "_" ? "-" : $0 })) {
            findings.append(
                finding(
                    parameter, "parameter '\(parameter.name)' has the name of an option of run",
                    help: "give the parameter another name"))
        }
        if parameter.separator != nil, parameter.type != .str {
            findings.append(
                finding(
                    parameter, "parameter '\(parameter.name)' has a separator but is not text",
                    help: "a separator splits text: use type=str, or remove it"))
        }
        return findings
    }

    private func finding(_ parameter: ParameterDescription, _ message: String, help: String) -> FlowFinding {
        FlowFinding(.parameter, file: file, line: parameter.line, message, help: help)
    }
}
