import Datastore
import Diagnostics
import FlowModel
import FoundationEssentials
import Glibc
import Ledger
import Remotes
import RunDriver
import Scheduler
import SystemPackage
import WorkerProtocol

/// What `run`, `resume` and `spin` do alike: everything between a graph that is right and a run that has ended.
struct RunPreparation {
    let session: FlowSession
    let graph: FlowGraph
    let options: RunOptions
    /// In whose variables options may stand: `RUN`, `RESUME`.
    let command: String
    let limits: RunLimits
    let userTags: [String]
    /// Whether environments are compared with what was installed.
    private let verifies: Bool
    private let seed: RunSeed
    /// Absent where environments come from the record of a run.
    private let earlyHost: EarlyHost?
    private let reproduction: Reproduction?
    /// The run that is gone on with, if one is.
    private let attached: RecordedRun?

    /// - Parameters:
    ///   - reproduction: the run that is to be reproduced, if one is.
    ///   - attached: the run whose engine is gone and that is gone on with, if one is.
    init(
        _ session: FlowSession, _ graph: FlowGraph, _ options: RunOptions, command: String,
        reproducing reproduction: Reproduction? = nil, attachingTo attached: RecordedRun? = nil
    ) throws {
        self.attached = attached
        self.reproduction = reproduction
        self.session = session
        self.graph = graph
        self.options = options
        self.command = command
        limits = try RunLimits(options, environment: session.environment, command: command)
        userTags = try RunTags(options.tags, environment: session.environment, command: command).texts
        verifies = options.verify || OptionChoices(settings: session.settings).isOn("VERIFY")
        var generator = SystemRandomNumberGenerator()
        seed = reproduction?.seed ?? attached?.seed ?? RunSeed(from: &generator)
        earlyHost = reproduction == nil
            ? try EarlyHost(of: graph, in: session, seed: seed, isAllowed: command == "RUN" && !verifies) : nil
    }

    /// The plan of a run of this flow.
    func plan(_ key: RunKey, parameters: ParameterValues, namespace: String?, in records: RunRecords) throws -> RunPlan {
        let username = session.username()
        let hello = try session.hello()
        let project = try graph.decorators.project.map {
            try ProjectIdentity(
                settings: $0,
                options: ProjectOptions(branch: session.top?.branch, production: session.top?.production ?? false),
                username: username, flow: graph.name)
        }
        var plan = RunPlan(
            key: key, graph: graph,
            scheduling: SchedulerOptions(
                maxWorkers: limits.maxWorkers, maxSplits: limits.maxSplits, attempts: graph.attempts),
            username: username, namespace: namespace ?? "user:\(username)", userTags: userTags,
            systemTags: (project?.tags ?? []) + [
                "metaflow_version:\(EngineVersion.current)", "python_version:\(hello.python.version)", "runtime:dev",
                "user:\(username)",
            ], parameters: parameters, seed: seed)
        plan.logLimit = limits.maxLog
        plan.project = project.map { TaskAssignmentMessage.Project($0) }
        plan.configuration = session.configuration
        if !session.configs.isEmpty {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            plan.configurationRecord = String(decoding: try encoder.encode(session.configs), as: UTF8.self)
        }
        for node in graph.nodes {
            plan.variables[node.name] = node.decorators.variables.values
            let settings = DecoratorSettings(node.decorators)
            if !settings.isEmpty { plan.settings[node.name] = settings }
        }
        plan.metadata = metadata(username, hello, records)
        return plan
    }

    private func metadata(_ username: String, _ hello: HostHello, _ records: RunRecords) -> [MetadataEntry] {
        [
            ("runtime", "dev"), ("user", username), ("python_version", hello.python.version),
            ("metaflow_version", EngineVersion.current), ("script-name", hello.flow.script),
            ("ds-type", records.remote?.store.address.kind ?? "local"),
            ("ds-root", records.remote?.store.address.description ?? records.location.root.string),
            (RunSeed.metadataName, seed.text),
        ].map { MetadataEntry(name: $0.0, value: $0.1, type: $0.0) } + [RecordedOptions(session, limits, snapshot: options.snapshot).metadata].compactMap(\.self)
    }

    /// Makes the environments of the steps, runs, and returns the exit code.
    func perform(
        _ plan: RunPlan, in records: RunRecords, spun: (step: StepName, task: TaskID)? = nil
    ) throws -> Int32 {
        try run(plan, in: records, spun: spun).exitCode(in: session)
    }

    /// Makes the environments of the steps, and runs.
    ///
    /// - Parameter afterwards: what is to be done while the worker hosts still live.
    func run(
        _ plan: RunPlan, in records: RunRecords, spun: (step: StepName, task: TaskID)? = nil,
        afterwards: ((StepEnvironments, RunEnding) throws -> Void)? = nil
    ) throws -> RunEnding {
        var plan = plan
        var datastore = try PackageDatastore(records, snapshot: options.snapshot, settings: session.settings)
        let clusters = spun == nil && reproduction == nil ? try ClusterPlanning(graph, in: session, records) : nil
        datastore.isForClusters = clusters != nil
        let environments = try environments(spun: spun?.step, plan, datastore, records)
        plan.snapshot = try datastore.completed(environments.snapshot, in: session)
        earlyHost?.settle(environments, in: session)
        plan.hosts = environments.hosts
        if let clusters {
            plan.cluster = try clusters.work(environments, engines: plan.snapshot.filter { $0.kind == .engine }, seed: plan.seed)
            plan.scheduling.elsewhere = clusters.steps
            if let typed = limits.typedWorkers { plan.scheduling.maxElsewhere = typed }
        }
        plan.stepMetadata = environments.metadata
        for (step, values) in plan.variables {
            if let entry = DeclaredVariables(values)?.metadata { plan.stepMetadata[step, default: []].append(entry) }
        }
        plan.stepMetadata[.parameters] = [("start_step", graph.entry), ("end_step", graph.terminal)].map {
            MetadataEntry(name: $0.0, value: $0.1.text, type: $0.0)
        }
        let origin = plan.origin?.key.run.text ?? "None"
        plan.metadata.append(MetadataEntry(name: "origin-run-id", value: origin, type: "origin-run-id"))
        // A file that cannot be written leaves nothing behind.
        try RunFiles(options).write(plan.key.run, of: plan.key.flow, store: records.location.root, spun: spun)
        let log = try RunLogWriter(
            records.location, flow: plan.key.flow.text, run: plan.key.run.text, isGoneOnWith: attached != nil)
        plan.attachment?.logged = try RunLogReader(
            records.location, flow: plan.key.flow.text, run: plan.key.run.text
        ).sizes()
        session.prepareHosts(environments.commandLines)
        let reporter = RunReporter(
            session, run: plan.key.run, steps: graph.nodes.map(\.name),
            resumption: spun == nil && reproduction == nil
                ? "\(session.invocationText) resume --origin-run-id \(plan.key.run)" : nil,
            on: reproduction == nil ? nil : session.error)
        let driver = RunDriver(
            plan, loop: session.loop, pool: session.pool, ledger: records.ledger, store: records.store, log: log,
            observer: reporter)
        let packaging = try CodePackaging(session, environments: environments.packed)
        if let attached {
            try driver.takePackage(attached.code)
        } else {
            driver.makePackage { [reproduction] in try reproduction?.code(with: packaging.facts) ?? packaging.make() }
        }
        driver.keepsHosts = afterwards != nil
        return try withExtendedLifetime(environments.holds) {
            try RunPublishing(
                plan.key, records, cluster: plan.cluster, warnings: session.error
            ).whileRunning {
                let ending = try driver.run()
                try afterwards?(environments, ending)
                return ending
            }
        }
    }

    private func environments(
        spun step: StepName?, _ plan: RunPlan, _ datastore: PackageDatastore, _ records: RunRecords
    ) throws -> StepEnvironments {
        if let reproduction {
            return try reproduction.environments(of: graph, in: session, seed: plan.seed, datastore: datastore)
        }
        let wishes = try earlyHost?.wishes ?? FlowWishes(of: graph, in: session)
        return try StepEnvironments(
            of: wishes, in: session, seed: plan.seed, only: step, isLocked: options.locked, verifies: verifies,
            datastore: datastore, earlier: EarlierLocks(of: plan, in: records))
    }
}

extension RunEnding {
    /// As the process ends; tells that it was interrupted.
    func exitCode(in session: FlowSession) -> Int32 {
        switch self {
        case .succeeded: return 0
        case .failed: return 1
        case .stopped(SIGINT):
            session.error.writeLine("Aborted!")
            return 1
        case .stopped(let signal): return 128 + signal
        }
    }
}

extension DecoratorSettings {
    init(_ decorators: StepDecorators) {
        self.init(
            timeout: decorators.timeout.map { Int($0.components.seconds) },
            catch: decorators.catch.map { Catch(variable: $0.variable, printsException: $0.printsException) },
            secrets: decorators.secrets.isEmpty
                ? nil
                : Secrets(
                    sources: decorators.secrets.map(\.source), role: decorators.secretsRole,
                    allowsOverride: decorators.allowsOverride),
            cards: decorators.cards.isEmpty ? nil : decorators.cards.map { CardOrder($0) })
    }
}

extension CardOrder {
    init(_ request: CardRequest) {
        self.init(
            type: request.type, id: request.id, options: request.options, timeout: Double(request.timeout),
            saveErrors: request.saveErrors, customize: request.customize, refreshInterval: request.refreshInterval)
    }
}

extension TaskAssignmentMessage.Project {
    init(_ identity: ProjectIdentity) {
        self.init(
            name: identity.name, branch: identity.branch, flow: identity.flow, isUserBranch: identity.isUserBranch,
            isProduction: identity.isProduction)
    }
}
