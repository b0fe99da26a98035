/// Which of the decorators of a step and its flow says where the packages of the step come from.
///
/// The step's own word counts before the flow's, and a decorator before the option `--environment`. Packages of conda and of
/// the index go together; a project and a name stand alone.
struct EnvironmentChoice {
    let isolation: StepIsolation
    var base: (pypi: PyPIAttributes, site: DecoratorSite)?
    var condaBase: (conda: CondaAttributes, site: DecoratorSite)?
    var namedBase: NamedEnvironmentRequest?
    var projectBase: (uv: UVAttributes, site: DecoratorSite)?

    init(_ isolation: StepIsolation) { self.isolation = isolation }

    /// Bases that both want to give every step its packages.
    var contradictions: [FlowFinding] {
        guard isolation != .never, let projectBase, projectBase.uv.isDisabled != true else { return [] }
        var others: [String] = []
        if let base, base.pypi.isDisabled != true { others.append("pypi") }
        if let condaBase, condaBase.conda.isDisabled != true { others.append("conda") }
        return others.map {
            projectBase.site.finding(
                "stands beside @\($0)_base, and the packages of a step come from one place",
                help: "keep one of them, and put @\($0) or @uv on the steps that differ")
        }
    }

    /// What a step runs with, if its decorators or an option ask for an environment of its own.
    ///
    /// - Parameter findings: hears of decorators that do not go together.
    func requirements(of step: StepDecoratorValues, _ findings: inout [FlowFinding]) -> EnvironmentRequirements? {
        let isCondaDisabled = step.conda?.isDisabled ?? condaBase?.conda.isDisabled ?? false
        if let named = named(for: step, isCondaDisabled, &findings) { return named }
        let other = step.pypi != nil ? "pypi" : step.conda != nil ? "conda" : nil
        if let other, let uv = step.uv {
            if step.pypi?.isDisabled == true || isCondaDisabled || uv.isDisabled == true { return .launching }
            if isolation != .never, let site = step.uvSite {
                findings.append(
                    site.finding(
                        "stands beside @\(other), and the packages of a step come from one place",
                        help: "keep one of them: add the packages to the project with 'uv add', or leave @uv out"))
            }
        }
        let isUndecorated = other == nil && step.uv == nil
        if step.uv != nil || isUndecorated && prefersProjectBase { return project(step, isCondaDisabled) }
        guard !isUndecorated || base != nil || condaBase != nil else {
            switch isolation {
            case .asDecorated, .never: return nil
            case .always: return .packages(PackageRequirements())
            case .project: return project(step, isCondaDisabled)
            }
        }
        return packages(for: step, isCondaDisabled, &findings)
    }

    /// What `@pypi` and `@conda` come to, those of the flow included.
    private func packages(
        for step: StepDecoratorValues, _ isCondaDisabled: Bool, _ findings: inout [FlowFinding]
    ) -> EnvironmentRequirements {
        let conda = [step.conda, condaBase?.conda].compactMap(\.self)
        var pypi = [step.pypi, base?.pypi].compactMap(\.self)
        var isDisabled = isCondaDisabled || pypi.lazy.compactMap(\.isDisabled).first ?? false
        // A base that is switched off does not switch off what conda is asked for beside it.
        if isDisabled, !isCondaDisabled, !conda.isEmpty, step.pypi?.isDisabled != true {
            isDisabled = false
            pypi = []
        }
        let asked = PackageRequirements(pypi: pypi, conda: isDisabled ? [] : conda, isDisabled: isDisabled)
        if isolation == .project, !isDisabled {
            if asked.packages.isEmpty, asked.python == nil, asked.conda == nil { return project(step, isCondaDisabled) }
            if let found = (step.pypiSite ?? step.condaSite ?? base?.site ?? condaBase?.site).map(foreign), !findings.contains(found) {
                findings.append(found)
            }
        }
        return .packages(asked)
    }

    /// The environment that has a name, if the step or, for a step that says nothing, the flow names one.
    private func named(
        for step: StepDecoratorValues, _ isCondaDisabled: Bool, _ findings: inout [FlowFinding]
    ) -> EnvironmentRequirements? {
        let other = step.pypi != nil ? "pypi" : step.conda != nil ? "conda" : step.uv != nil ? "uv" : nil
        guard let named = step.named ?? (other == nil ? namedBase : nil) else { return nil }
        if named.isDisabled || isCondaDisabled || step.pypi?.isDisabled == true || step.uv?.isDisabled == true {
            return .launching
        }
        if let other, isolation != .never, let site = step.namedSite {
            findings.append(
                site.finding(
                    "stands beside @\(other), and the packages of a step come from one place",
                    help: "keep one of them; penstock env create --name makes an environment with more packages"))
        }
        return .named(named)
    }

    /// Whether a step without decorators follows `@uv_base`.
    private var prefersProjectBase: Bool {
        guard let projectBase else { return false }
        return base == nil && condaBase == nil || projectBase.uv.isDisabled != true
    }

    private func project(_ step: StepDecoratorValues, _ isCondaDisabled: Bool) -> EnvironmentRequirements {
        var asked = UVRequirements(base: projectBase?.uv, step: step.uv)
        if isCondaDisabled { asked.isDisabled = true }
        return .project(asked)
    }

    private func foreign(_ site: DecoratorSite) -> FlowFinding {
        site.finding(
            "asks for packages of its own, but with --environment=uv they come from uv.lock",
            help: "add them to the project with 'uv add', in a group for @uv(groups=[...]) perhaps; or leave "
                + "--environment=uv out and put @uv on the steps that run in the project")
    }
}

extension EnvironmentRequirements {
    /// No environment of the step's own, since a decorator is switched off.
    fileprivate static var launching: Self { .packages(PackageRequirements(isDisabled: true)) }
}
