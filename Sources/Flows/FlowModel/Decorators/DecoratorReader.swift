/// Reads the decorators of a flow, its steps and the command line, and tells what is wrong with them.
struct DecoratorReader {
    private(set) var findings: [FlowFinding] = []
    private(set) var steps: [StepName: StepDecorators] = [:]
    private(set) var flow = FlowDecorators()
    private var choice: EnvironmentChoice

    /// - Parameters:
    ///   - added: of the command line; the earlier one of a name wins, the step's own wins over both.
    ///   - isolation: which steps get an environment of their own.
    init(_ flow: FlowDescription, added: [DecoratorSpec], isolation: StepIsolation) {
        choice = EnvironmentChoice(isolation)
        readFlow(flow)
        findings += choice.contradictions
        let sound = readAdded(added)
        for step in flow.steps { steps[step.name] = read(step, added: sound) }
    }

    // MARK: The flow and the command line

    private mutating func readFlow(_ description: FlowDescription) {
        var seen: Set<String> = []
        for decorator in description.decorators {
            let site = DecoratorSite(owner: .flow(description), decorator: decorator)
            flow.all.append(decorator)
            guard accept(site, isRepeated: !seen.insert(decorator.name).inserted), !decorator.isPlugin else { continue }
            switch decorator.name {
            case "pypi_base": choice.base = (PyPIAttributes(reading: site, findings: &findings), site)
            case "uv_base": choice.projectBase = (UVAttributes(reading: site, findings: &findings), site)
            case "named_env_base": choice.namedBase = NamedEnvironmentRequest(reading: site, findings: &findings)
            case "conda_base": choice.condaBase = (CondaAttributes(reading: site, findings: &findings), site)
            case "project": flow.project = ProjectSettings(reading: site, findings: &findings)
            case "exit_hook": flow.exitHooks.append(ExitHook(reading: site, findings: &findings))
            case "package_data": flow.packageData += PackageData(reading: site, findings: &findings).files
            case "schedule":
                TriggerChecks.check(site, &findings)
                flow.schedule = .object(decorator.attributes)
            case "trigger", "trigger_on_finish":
                TriggerChecks.check(site, &findings)
                flow.triggers.append(.object(decorator.attributes))
            default: break
            }
        }
    }

    /// Those of the command line that are right; the others are told once, not for each step.
    private mutating func readAdded(_ specs: [DecoratorSpec]) -> [DecoratorSite] {
        var sound: [DecoratorSite] = []
        for spec in specs {
            let decorator = DecoratorDescription(name: spec.name, attributes: spec.attributes)
            let site = DecoratorSite(owner: .option(spec), decorator: decorator)
            guard accept(site, isRepeated: false) else { continue }
            let before = findings.count
            _ = StepDecoratorValues(reading: [site], findings: &findings)
            if ComputeAttributes.names.contains(spec.name),
                let other = sound.first(where: { $0.decorator.name != spec.name && ComputeAttributes.names.contains($0.decorator.name) })
            {
                findings.append(site.contradiction(to: other))
            }
            let isRight = !findings[before...].contains { $0.kind != .warning }
            let isKnown = !Self.isRepeatable(spec.name) && sound.contains { $0.decorator.name == spec.name }
            if isRight, !isKnown { sound.append(site) }
        }
        return sound
    }

    // MARK: Steps

    private mutating func read(_ step: StepDescription, added: [DecoratorSite]) -> StepDecorators {
        let names = Set(step.decorators.map(\.name))
        let missing = added.filter { !names.contains($0.decorator.name) || Self.isRepeatable($0.decorator.name) }
        var own: [DecoratorSite] = []
        var seen: Set<String> = []
        for decorator in step.decorators {
            let site = DecoratorSite(owner: .step(step), decorator: decorator)
            let isRepeated = !seen.insert(decorator.name).inserted
            if accept(site, isRepeated: isRepeated) { own.append(site) }
        }
        _ = StepDecoratorValues(reading: own, findings: &findings)
        // What is wrong with those of the command line was told before.
        var told: [FlowFinding] = []
        let all = StepDecoratorValues(reading: own + missing, findings: &told)
        for site in own + missing { checkPlace(of: site, on: step) }
        var decorators = all.decorators
        decorators.all = step.decorators + missing.map(\.decorator)
        decorators.environment = choice.requirements(of: all, &findings)
        decorators.compute = ComputeChoice(all, on: step).request(&findings)
        return decorators
    }

    // MARK: Checks

    private static func isRepeatable(_ name: String) -> Bool {
        DecoratorCatalogue.signature(of: name)?.isRepeatable ?? false
    }

    /// Whether the decorator's name and attributes are known here and it is the first of its name; tells when not.
    private mutating func accept(_ site: DecoratorSite, isRepeated: Bool) -> Bool {
        var found = site.findings
        if found.isEmpty, isRepeated, !site.decorator.isPlugin, !Self.isRepeatable(site.decorator.name) {
            found = [site.finding("stands there more than once", help: "keep one of them")]
        }
        findings += found
        return found.isEmpty
    }

    /// Some decorators do not go with some forms of `self.next`.
    private mutating func checkPlace(of site: DecoratorSite, on step: StepDescription) {
        let name = site.decorator.name
        guard !site.decorator.isPlugin, let next = step.next else { return }
        let isSplit = next.kind == .foreach || next.kind == .parallel
        if name == "catch", isSplit || next.kind == .switch {
            let form = isSplit ? "splits by a foreach" : "is a switch"
            findings.append(
                site.finding(
                    on: step, "cannot catch, since the step \(form) and what it splits by would be missing",
                    help: "do the work that may fail in a step before '\(step.name)'"))
        } else if DecoratorCatalogue.parallel.contains(name), next.kind == .switch {
            findings.append(
                site.finding(
                    on: step, "is on a switch: the nodes of a parallel step go to one join",
                    help: "let '\(step.name)' go to a join, and choose in a step after it"))
        }
    }
}
