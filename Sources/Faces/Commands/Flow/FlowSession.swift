import Datastore
package import Diagnostics
import Executors
import FlowModel
import FoundationEssentials
import Glibc
import SystemPackage
import WorkerProtocol

/// One command of one flow, from the hand-over to the exit: the worker host that holds the flow, and what commands ask of
/// it.
final class FlowSession {
    let invocation: FlowInvocation
    let options: FlowOptions
    let environment: [String: String]
    let output: Terminal
    let error: Terminal
    let loop: EventLoop
    let pool: WorkerPool
    private let greeting: HostGreeting

    init(_ invocation: FlowInvocation, options: FlowOptions, environment: [String: String]) throws {
        self.invocation = invocation
        self.options = options
        self.environment = environment
        output = Terminal(descriptor: 1, environment: environment)
        error = Terminal(descriptor: 2, environment: environment)
        loop = try EventLoop()
        pool = WorkerPool(loop: loop)
        greeting = HostGreeting(loop: loop)
        pool.delegate = greeting
        pool.adopt(descriptor: invocation.hostDescriptor, pid: invocation.hostProcess)
    }

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

    /// The flow's graph, with `--with` applied, when no rule is broken.
    ///
    /// - Parameter decorators: `--with` of the command at hand; it wins over the top one.
    func validatedGraph(adding decorators: [String] = []) throws -> FlowGraph {
        let specs = try (decorators + options.decoratorSpecs).map { try DecoratorSpec(parsing: $0) }
        return try FlowGraph(
            validating: try hello().flow, adding: specs, isolation: options.environmentSource.isolation)
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
        if let root = options.datastoreRoot { environment["PENSTOCK_ROOT"] = root }
        return StoreLocation.discover(
            environment: environment, workingDirectory: FilePath(FileManager.default.currentDirectoryPath))
    }
}

/// Waits for the host's first word.
private final class HostGreeting: WorkerPoolDelegate {
    private let loop: EventLoop
    var hello: HostHello?
    var failure: HostFailure?

    init(loop: EventLoop) {
        self.loop = loop
    }

    func host(_ key: HostKey, saidHello hello: HostHello) {
        self.hello = hello
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
    case notInThisVersion(what: String)

    var diagnostic: Diagnostic {
        switch self {
        case .host(let failure): failure.diagnostic
        case .notInThisVersion(let what):
            Diagnostic(.user, "\(what) is not part of this version of Penstock")
        }
    }
}

extension HostFailure: DiagnosticError {
    package var diagnostic: Diagnostic {
        switch self {
        case .refused(let refusal):
            Diagnostic(
                .user, refusal.headline, file: refusal.file, line: refusal.line,
                details: refusal.traceback.map { [$0] } ?? [])
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
