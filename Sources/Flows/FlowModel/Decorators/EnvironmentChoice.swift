/// Which of the decorators of a step and its flow says where the packages of the step come from.
///
/// The step's own word counts before the flow's, and a decorator before the option `--environment`.
struct EnvironmentChoice {
    let isolation: StepIsolation
    var base: (pypi: PyPIAttributes, site: DecoratorSite)?
    var namedBase: NamedEnvironmentRequest?
    var projectBase: (uv: UVAttributes, site: DecoratorSite)?

    init(_ isolation: StepIsolation) { self.isolation = isolation }

    /// Two bases that both want to give every step its packages.
    var contradiction: FlowFinding? {
        guard isolation != .never, let base, let projectBase, base.pypi.isDisabled != true, projectBase.uv.isDisabled != true
        else { return nil }
        return projectBase.site.finding(
            "stands beside @pypi_base, and the packages of a step come from one place",
            help: "keep one of them, and put @pypi or @uv on the steps that differ")
    }

    /// What a step runs with, if its decorators or an option ask for an environment of its own.
    ///
    /// - Parameters:
    ///   - isCondaDisabled: whether `@conda(disabled=True)` switches isolation off.
    ///   - findings: hears of decorators that do not go together.
    func requirements(
        of step: StepDecoratorValues, isCondaDisabled: Bool, _ findings: inout [FlowFinding]
    ) -> EnvironmentRequirements? {
        if let named = named(for: step, isCondaDisabled, &findings) { return named }
        if let pypi = step.pypi, let uv = step.uv {
            if pypi.isDisabled == true || uv.isDisabled == true { return .packages(PyPIRequirements(isDisabled: true)) }
            if isolation != .never, let site = step.uvSite {
                findings.append(
                    site.finding(
                        "stands beside @pypi, and the packages of a step come from one place",
                        help: "keep one of them: add the packages to the project with 'uv add', or leave @uv out"))
            }
        }
        let isUndecorated = step.pypi == nil && step.uv == nil
        if step.uv != nil || isUndecorated && prefersProjectBase { return project(step, isCondaDisabled) }
        guard !isUndecorated || base != nil else {
            switch isolation {
            case .asDecorated, .never: return nil
            case .always: return .packages(PyPIRequirements(isDisabled: isCondaDisabled))
            case .project: return project(step, isCondaDisabled)
            }
        }
        let merged = PyPIRequirements(base: base?.pypi, step: step.pypi)
        let isDisabled = merged.isDisabled || isCondaDisabled
        if isolation == .project, !isDisabled {
            if merged.packages.isEmpty, merged.python == nil { return project(step, isCondaDisabled) }
            if let found = (step.pypiSite ?? base?.site).map(foreign), !findings.contains(found) { findings.append(found) }
        }
        return .packages(PyPIRequirements(python: merged.python, packages: merged.packages, isDisabled: isDisabled))
    }

    /// The environment that has a name, if the step or, for a step that says nothing, the flow names one.
    private func named(
        for step: StepDecoratorValues, _ isCondaDisabled: Bool, _ findings: inout [FlowFinding]
    ) -> EnvironmentRequirements? {
        let isUndecorated = step.pypi == nil && step.uv == nil
        guard let named = step.named ?? (isUndecorated ? namedBase : nil) else { return nil }
        if named.isDisabled || isCondaDisabled || step.pypi?.isDisabled == true || step.uv?.isDisabled == true {
            return .packages(PyPIRequirements(isDisabled: true))
        }
        if !isUndecorated, isolation != .never, let site = step.namedSite {
            findings.append(
                site.finding(
                    "stands beside @\(step.pypi == nil ? "uv" : "pypi"), and the packages of a step come from one place",
                    help: "keep one of them; penstock env create --name makes an environment with more packages"))
        }
        return .named(named)
    }

    /// Whether a step without decorators follows `@uv_base`.
    private var prefersProjectBase: Bool {
        guard let projectBase else { return false }
        return base == nil || projectBase.uv.isDisabled != true
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
