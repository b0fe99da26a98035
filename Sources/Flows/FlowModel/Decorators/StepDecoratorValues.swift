/// What the decorators of a step say, each read by its own reader.
struct StepDecoratorValues {
    private(set) var decorators = StepDecorators()
    private(set) var pypi: PyPIAttributes?
    private(set) var pypiSite: DecoratorSite?
    private(set) var conda: CondaAttributes?
    private(set) var condaSite: DecoratorSite?
    private(set) var uv: UVAttributes?
    private(set) var uvSite: DecoratorSite?
    private(set) var named: NamedEnvironmentRequest?
    private(set) var namedSite: DecoratorSite?
    /// Those that send the step elsewhere; more than one is wrong.
    private(set) var clusters: [ComputeAttributes] = []
    private(set) var resourcesSite: DecoratorSite?
    private var userRetries = 0
    private var errorRetries = 0

    /// - Parameter sites: decorators whose names and attributes are known.
    init(reading sites: [DecoratorSite], findings: inout [FlowFinding]) {
        for site in sites {
            if let retries = site.decorator.retries { count(user: retries.user, error: retries.error) }
            if !site.decorator.isPlugin { read(site, &findings) }
        }
        decorators.attempts = AttemptLimits(userRetries: userRetries, errorRetries: errorRetries)
    }

    private mutating func read(_ site: DecoratorSite, _ findings: inout [FlowFinding]) {
        switch site.decorator.name {
        case "retry":
            let retry = RetryPolicy(reading: site, findings: &findings)
            decorators.retry = retry
            count(user: retry.times, error: 0)
        case "catch":
            decorators.catch = CatchPolicy(reading: site, findings: &findings)
            count(user: 0, error: CatchPolicy.fallbackRetries)
        case "timeout":
            decorators.timeout = TimeoutLimit(reading: site, findings: &findings).map { .seconds($0.seconds) }
        case "environment": decorators.variables = EnvironmentVariables(reading: site, findings: &findings)
        case "resources": (decorators.resources, resourcesSite) = (site.decorator.attributes, site)
        case let name where ComputeAttributes.names.contains(name):
            if let cluster = ComputeAttributes(reading: site, findings: &findings) { clusters.append(cluster) }
        case "secrets":
            let request = SecretRequest(reading: site, findings: &findings)
            decorators.secrets = request.sources
            decorators.secretsRole = request.role
            decorators.allowsOverride = request.allowsOverride
        case "card": decorators.cards.append(CardRequest(reading: site, findings: &findings))
        case "pypi": (pypi, pypiSite) = (PyPIAttributes(reading: site, findings: &findings), site)
        case "conda": (conda, condaSite) = (CondaAttributes(reading: site, findings: &findings), site)
        case "uv": (uv, uvSite) = (UVAttributes(reading: site, findings: &findings), site)
        case "named_env": (named, namedSite) = (NamedEnvironmentRequest(reading: site, findings: &findings), site)
        case "unbounded_test_foreach_internal": decorators.isUnboundedTest = true
        default: if DecoratorCatalogue.parallel.contains(site.decorator.name) { decorators.isParallel = true }
        }
    }

    /// Of several decorators, the one that asks for most attempts counts.
    private mutating func count(user: Int, error: Int) {
        userRetries = max(userRetries, user)
        errorRetries = max(errorRetries, error)
    }
}
