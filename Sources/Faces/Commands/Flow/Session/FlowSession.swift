import ArgumentParser
import Datastore
package import Diagnostics
import Executors
import FlowModel
import FoundationEssentials
import Glibc
import Remotes
import SystemPackage
import WorkerProtocol

/// One command of one flow, from the hand-over to the exit: the worker host that holds the flow, and what commands ask of
/// it.
final class FlowSession {
    let invocation: FlowInvocation
    /// What stands before the command and is the flow's own.
    private(set) var top: TopArguments?
    /// In force once the command line is parsed.
    var options: FlowOptions
    let settings: Settings
    let output: Terminal
    let error: Terminal
    let loop: EventLoop
    let pool: WorkerPool
    private let greeting: HostGreeting

    /// What the hosts of the flow were configured with; absent while that is not known or not needed.
    private(set) var configuration: HostConfiguration?
    /// The values of the flow's configs, once they are known.
    private(set) var configs: [String: ResolvedConfig] = [:]
    /// The decorators that were added to the flow's own, the strongest first.
    private(set) var decoratorTexts: [String] = []

    init(_ invocation: FlowInvocation, settings: Settings) throws {
        self.invocation = invocation
        options = FlowOptions()
        self.settings = settings
        let environment = settings.environment
        output = Terminal(descriptor: 1, environment: environment)
        error = Terminal(descriptor: 2, environment: environment)
        loop = try EventLoop()
        pool = WorkerPool(loop: loop, lifeline: invocation.lifeline)
        greeting = HostGreeting(loop: loop)
        pool.delegate = greeting
        pool.adopt(descriptor: invocation.hostDescriptor, pid: invocation.hostProcess)
    }

    /// The process environment with the person's settings.
    var environment: [String: String] { settings.environment }

    deinit { pool.shutDown() }

    /// The person behind this process. Their name goes into tags and namespaces.
    func username() -> String {
        let variables = ["PENSTOCK_USER", "METAFLOW_USER", "SUDO_USER", "USERNAME", "USER"]
        let names = variables.compactMap { environment[$0] }.filter { !$0.isEmpty }
        if let name = names.first(where: { $0 != "root" }) { return name }
        if let name = names.first { return name }
        // Containers and services often have no such variable.
        if let entry = getpwuid(getuid()), let name = entry.pointee.pw_name { return String(cString: name) }
        return "uid-\(getuid())"
    }

    /// What the host said about itself and its flow; waits for it the first time.
    func hello() throws -> HostHello {
        if greeting.hello == nil, greeting.failure == nil { loop.run() }
        if let failure = greeting.failure { throw SessionError.host(failure) }
        guard let hello = greeting.hello else { throw SessionError.host(.endedEarly) }
        return hello
    }

    /// Takes the flow's own options from the command line; gives the rest.
    func takeTopArguments() throws -> [String] {
        let flow = try hello().flow
        let isProject = flow.decorators.contains { $0.name == "project" }
        var top = try TopArguments(invocation.arguments, options: flow.options, isProject: isProject)
        top.complete(from: environment, options: flow.options, isProject: isProject)
        self.top = top
        return top.rest
    }

    /// The flow's graph, with configs and decorators of the command line applied, when no rule is broken.
    ///
    /// - Parameters:
    ///   - decorators: `--with` of the command at hand; it wins over all others.
    ///   - origin: values of configs that a resumed run has already.
    ///   - withDefaults: whether the decorators that the person's settings add to every run count.
    func validatedGraph(
        adding decorators: [String] = [], configs origin: [String: ResolvedConfig]? = nil, withDefaults: Bool = true
    ) throws -> FlowGraph {
        decoratorTexts = decorators + (withDefaults ? options.defaultDecorators : []) + options.decoratorSpecs
        let specs = try decoratorTexts.map { try DecoratorSpec(parsing: $0) }
        let isConfigured = try configure(specs, origin)
        let graph = try FlowGraph(
            validating: try hello().flow, adding: isConfigured ? [] : specs,
            isolation: options.environmentSource.isolation)
        for warning in graph.warnings {
            error.writeLine(Style.yellow("warning:", on: error) + " " + warning.message)
        }
        return graph
    }

    /// Lets the host settle what is open in its flow, when something is. Afterwards its description is final, and holds
    /// the decorators of the command line.
    private func configure(_ specs: [DecoratorSpec], _ origin: [String: ResolvedConfig]?) throws -> Bool {
        let hello = try hello()
        guard configuration == nil else { return true }
        let given = try givenConfigs(of: hello.flow, isResumed: origin != nil)
        guard hello.needsConfiguration || specs.contains(where: { !$0.isBuiltIn }) else { return false }
        let inputs = try origin?.mapValues { HostConfiguration.ConfigInput($0) }
            ?? ConfigTexts(hello.flow.configs, given: given).inputs
        let first = HostConfiguration(with: specs.map(\.text), options: top?.plugins ?? [:], configs: inputs)
        greeting.flow = nil
        pool.configure(first)
        if greeting.flow == nil, greeting.failure == nil { loop.run() }
        if let failure = greeting.failure { throw SessionError.host(failure) }
        guard let flow = greeting.flow else { throw SessionError.host(.endedEarly) }
        greeting.hello?.flow = flow.flow
        configs = flow.configs ?? [:]
        // Whoever comes later gets values: the person's functions are called once.
        var settled = first
        settled.configs = configs.mapValues { HostConfiguration.ConfigInput($0) }
        configuration = settled
        pool.setConfiguration(settled)
        return true
    }

    private func givenConfigs(of flow: FlowDescription, isResumed: Bool) throws -> ConfigOptions {
        let files = top?.configFiles ?? []
        let values = top?.configValues ?? []
        if isResumed, let name = (files + values).first?.name { throw SessionError.configOnResume(name) }
        return try ConfigOptions(files: files, values: values, environment: environment, of: flow.configs)
    }

    /// Tells the pool how hosts are started: anew in the person's interpreter, and in the environments of steps.
    func prepareHosts(_ commandLines: [HostKey: HostCommandLine]) {
        for (key, commandLine) in commandLines { pool.setCommandLine(commandLine, for: key) }
    }

    /// How the person called the flow: `python flow.py`.
    var invocationText: String {
        "python \(greeting.hello?.flow.script ?? "flow.py")"
    }

    /// Where this project's runs are.
    var storeLocation: StoreLocation {
        var environment = environment
        if let root = options.datastore.root { environment["PENSTOCK_ROOT"] = root }
        return StoreLocation.discover(
            environment: environment, workingDirectory: FilePath(FileManager.default.currentDirectoryPath))
    }

    /// The remote datastore that the person has chosen.
    private func remote() throws -> RemoteStore? {
        try options.datastore.remote.map { try RemoteStore(opening: $0, environment: environment) }
    }

    /// The records of this project, made where they are missing.
    func openRecords() throws -> RunRecords {
        try RunRecords(storeLocation, remote: try remote())
    }

    /// The records, with what the remote datastore has of this flow; `nil` where nothing was ever run.
    func existingRecords() throws -> RunRecords? {
        guard let records = try RunRecords.existing(at: storeLocation, remote: try remote()) else { return nil }
        try RecordRefresh(records, warnings: error).refresh(flow: try hello().flow.name)
        return records
    }
}

/// Waits for the host's first word.
private final class HostGreeting: WorkerPoolDelegate {
    private let loop: EventLoop
    var hello: HostHello?
    /// The answer to the last configuration.
    var flow: ConfiguredFlow?
    var failure: HostFailure?

    init(loop: EventLoop) {
        self.loop = loop
    }

    func host(_ key: HostKey, saidHello hello: HostHello) {
        self.hello = hello
        loop.stop()
    }

    func host(_ key: HostKey, configured flow: ConfiguredFlow) {
        self.flow = flow
        loop.stop()
    }

    func host(_ key: HostKey, failed failure: HostFailure) {
        self.failure = failure
        loop.stop()
    }

    func attempt(_ key: AttemptName, said message: TaskMessage, payload: Data, descriptor: Int32?) {}
    func attempt(_ key: AttemptName, wrote bytes: UnsafeRawBufferPointer, to stream: OutputStream) {}
    func attempt(_ key: AttemptName, ended ending: ProcessEnding, exited: Exited?) {}
}

/// Why a flow's command cannot begin.
enum SessionError: DiagnosticError {
    case host(HostFailure)
    /// A command or option that is known; `help` says what serves instead.
    case notInThisVersion(what: String, help: String)
    case configOnResume(String)

    var diagnostic: Diagnostic {
        switch self {
        case .host(let failure): failure.diagnostic
        case .configOnResume(let name):
            Diagnostic(
                .usage, "config '\(name)' is given, but a resumed run has the configs of the run that it resumes",
                help: "leave --config and --config-value away, or start a new run")
        case .notInThisVersion(let what, let help):
            Diagnostic(.user, "\(what) is not part of this version of Penstock", help: help)
        }
    }
}

extension HostFailure: DiagnosticError {
    package var diagnostic: Diagnostic {
        switch self {
        case .refused(let refusal):
            Diagnostic(
                refusal.usage == true ? .usage : .user, refusal.headline, file: refusal.file, line: refusal.line,
                details: refusal.traceback.map { [$0] } ?? [], help: refusal.help)
        case .notStarted(let failure):
            Diagnostic(.infrastructure, "cannot start a worker host: \(failure)")
        case .endedEarly:
            Diagnostic(
                .infrastructure, "the worker host ended before it had loaded the flow",
                help: "its own messages, if any, stand above; running the flow file with --help shows whether it can be imported")
        case .protocolBroken(let reason):
            Diagnostic(.bug, "the worker host broke the protocol: \(reason)")
        }
    }
}
