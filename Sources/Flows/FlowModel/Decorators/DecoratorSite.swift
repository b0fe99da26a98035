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

    func finding(_ message: String, help: String, as kind: FlowFinding.Kind = .decorator) -> FlowFinding {
        let text = "\(subject) \(message)"
        return switch owner {
        case .step(let step):
            FlowFinding(
                kind, step: step.name, file: step.file, line: decorator.line ?? step.line, text, help: help)
        case .flow(let flow): FlowFinding(kind, file: flow.file, line: decorator.line, text, help: help)
        case .option: FlowFinding(kind, text, help: help)
        }
    }

    /// The value of an attribute; `None` is as good as nothing.
    subscript(attribute: String) -> JSONValue? {
        let value = decorator.attributes[attribute]
        return value == .null ? nil : value
    }

    /// What is wrong with the decorator's name, place and attributes' names.
    var findings: [FlowFinding] {
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
        if case .later = signature.support {
            return [
                finding(
                    "is not supported by this version of Penstock", help: "remove it for now", as: .unsupported)
            ]
        }
        return decorator.attributes.keys.filter { !signature.attributes.contains($0) }.sorted().map {
            finding(
                "has no attribute '\($0)'",
                help: "it takes \(signature.attributes.joined(separator: ", "))")
        }
    }
}
