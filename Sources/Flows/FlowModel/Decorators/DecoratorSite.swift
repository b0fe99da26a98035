/// Where a decorator stands, and what is found to be wrong with it there.
struct DecoratorSite {
    enum Owner {
        case step(StepDescription)
        case flow(FlowDescription)
        /// The command line.
        case option(DecoratorSpec)
    }

    let owner: Owner
    let decorator: DecoratorDescription

    /// How a message names the decorator.
    var subject: String {
        switch owner {
        case .step(let step): "@\(decorator.name) of step '\(step.name)'"
        case .flow(let flow): "@\(decorator.name) of flow \(flow.name)"
        case .option(let spec): "--with '\(spec.text)'"
        }
    }

    /// As a person would point at it: `@slurm`, `--with slurm`.
    var shortName: String {
        if case .option(let spec) = owner { "--with '\(spec.text)'" } else { "@\(decorator.name)" }
    }

    /// The file and line where it is written; nothing for the command line.
    var place: (file: String?, line: Int?) {
        switch owner {
        case .step(let step): (step.file, decorator.line ?? step.line)
        case .flow(let flow): (flow.file, decorator.line)
        case .option: (nil, nil)
        }
    }

    func finding(_ message: String, help: String, as kind: FlowFinding.Kind = .decorator) -> FlowFinding {
        var name: StepName?
        if case .step(let step) = owner { name = step.name }
        return FlowFinding(
            kind, step: name, file: place.file, line: place.line, "\(subject) \(message)", help: help)
    }

    /// What is wrong with it on one step only: a decorator of the command line is right elsewhere, so the step is named.
    func finding(on step: StepDescription, _ message: String, help: String) -> FlowFinding {
        guard case .option = owner else { return finding(message, help: help) }
        return FlowFinding(
            .decorator, step: step.name, file: step.file, line: step.line, "\(subject) on step '\(step.name)' \(message)",
            help: help)
    }

    /// The value of an attribute; `None` is as good as nothing.
    subscript(attribute: String) -> JSONValue? {
        let value = decorator.attributes[attribute]
        return value == .null ? nil : value
    }

    /// What is wrong with the decorator's name, place and attributes' names. Python's own are taken as they are.
    var findings: [FlowFinding] {
        if decorator.isPlugin { return [] }
        let place: DecoratorSignature.Place = if case .flow = owner { .flow } else { .step }
        guard let signature = DecoratorCatalogue.signature(of: decorator.name) else {
            let names = DecoratorCatalogue.supportedNames(at: place).map { "@\($0)" }.joined(separator: ", ")
            return [finding("is not a decorator that Penstock knows", help: "use one of \(names), or remove it")]
        }
        guard signature.place == place else {
            return [
                place == .step
                    ? finding("belongs on the flow, not on a step", help: "move it above the class of the flow")
                    : finding("belongs on a step, not on the flow", help: "move it above @step of the steps it is for")
            ]
        }
        return decorator.attributes.keys.filter { !signature.attributes.contains($0) }.sorted().map {
            finding(
                "has no attribute '\($0)'",
                help: signature.attributes.isEmpty
                    ? "it takes none" : "it takes \(signature.attributes.joined(separator: ", "))")
        }
    }
}
