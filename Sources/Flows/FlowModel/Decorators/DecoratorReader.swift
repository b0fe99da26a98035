/// Reads the decorators of a flow, its steps and the command line, and tells what is wrong with them.
struct DecoratorReader {
    private(set) var findings: [FlowFinding] = []
    private(set) var steps: [StepName: StepDecorators] = [:]
    private(set) var flow = FlowDecorators()

    /// - Parameters:
    ///   - added: of the command line; the earlier one of a name wins, the step's own wins over both.
    ///   - isolation: which steps get an environment of their own.
    init(_ flow: FlowDescription, added: [DecoratorSpec], isolation: StepIsolation) {
        let base = readFlow(flow)
        let sound = readAdded(added)
        for step in flow.steps {
            steps[step.name] = read(step, base: base, added: sound, isIsolated: isolation == .always)
        }
    }

    private mutating func readFlow(_ flow: FlowDescription) -> PyPIAttributes? {
        var base: PyPIAttributes?
        var seen: Set<String> = []
        for decorator in flow.decorators {
            let site = DecoratorSite(owner: .flow(flow), decorator: decorator)
            guard accept(site, isRepeated: !seen.insert(decorator.name).inserted) else { continue }
            if decorator.name == "pypi_base" { base = PyPIAttributes(reading: site, findings: &findings) }
        }
        return base
    }

    /// Those of the command line that are right; the others are told once, not for each step.
    private mutating func readAdded(_ specs: [DecoratorSpec]) -> [DecoratorSite] {
        var sound: [DecoratorSite] = []
        for spec in specs {
            let decorator = DecoratorDescription(name: spec.name, attributes: spec.attributes)
            let site = DecoratorSite(owner: .option(spec), decorator: decorator)
            guard accept(site, isRepeated: false) else { continue }
            let before = findings.count
            _ = values(of: [site])
            if findings.count == before, !sound.contains(where: { $0.decorator.name == spec.name }) { sound.append(site) }
        }
        return sound
    }

    private mutating func read(
        _ step: StepDescription, base: PyPIAttributes?, added: [DecoratorSite], isIsolated: Bool
    ) -> StepDecorators {
        let names = Set(step.decorators.map(\.name))
        let missing = added.filter { !names.contains($0.decorator.name) }
        var own: [DecoratorSite] = []
        var seen: Set<String> = []
        for decorator in step.decorators {
            let site = DecoratorSite(owner: .step(step), decorator: decorator)
            if accept(site, isRepeated: !seen.insert(decorator.name).inserted) { own.append(site) }
        }
        let values = values(of: own + missing)
        let isAsked = isIsolated || base != nil || values.pypi != nil
        var read = StepDecorators()
        read.retry = values.retry
        read.variables = values.variables ?? EnvironmentVariables()
        read.pypi = isAsked ? PyPIRequirements(base: base, step: values.pypi) : nil
        read.all = step.decorators + missing.map(\.decorator)
        for decorator in read.all where decorator.name == "resources" { read.resources = decorator.attributes }
        read.isParallel = step.decorators.contains { $0.name == "parallel" }
        read.attempts = AttemptLimits(userRetries: values.retry?.times ?? 0, errorRetries: 0)
        return read
    }

    /// Whether the decorator's name and attributes are known here and it is the first of its name; tells when not.
    private mutating func accept(_ site: DecoratorSite, isRepeated: Bool) -> Bool {
        var found = site.findings
        if found.isEmpty, isRepeated {
            found = [site.finding("stands there more than once", help: "keep one of them")]
        }
        findings += found
        return found.isEmpty
    }

    private struct Values {
        var retry: RetryPolicy?
        var variables: EnvironmentVariables?
        var pypi: PyPIAttributes?
    }

    private mutating func values(of sites: [DecoratorSite]) -> Values {
        var values = Values()
        for site in sites {
            switch site.decorator.name {
            case "retry": values.retry = RetryPolicy(reading: site, findings: &findings)
            case "environment": values.variables = EnvironmentVariables(reading: site, findings: &findings)
            case "pypi": values.pypi = PyPIAttributes(reading: site, findings: &findings)
            default: break
            }
        }
        return values
    }
}
