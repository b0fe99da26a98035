import Datastore
import Digests
import Executors
import FlowModel
import Ledger
import RunDriver
import SystemPackage
import WorkerProtocol

/// Which worker host each step of a flow runs in, and how those hosts are started.
struct StepEnvironments {
    /// Steps that do not run in the person's own interpreter.
    private(set) var hosts: [StepName: HostKey] = [:]
    private(set) var commandLines: [HostKey: HostCommandLine] = [:]
    /// What is noted with the tasks of each of those steps.
    private(set) var metadata: [StepName: [MetadataEntry]] = [:]
    /// The locks of the environments, by file name.
    private(set) var locks: [String: String] = [:]

    /// Makes the environments that are missing, and tells about it on standard error.
    ///
    /// - Parameter only: the one step that runs, where not all do.
    init(of graph: FlowGraph, in session: FlowSession, only step: StepName? = nil) throws {
        let hello = try session.hello()
        commandLines[.launching] = HostCommandLine(
            python: hello.python.executable, entry: hello.sdk.entry, flowFile: hello.flow.file,
            arguments: session.invocation.arguments, environment: session.settings.process)
        let wanted = Self.wanted(graph, session.options.environmentSource).filter { step == nil || $0.key == step }
        guard !wanted.isEmpty else { return }
        let progress = ProgressRenderer(session.error)
        defer { progress.finish() }
        let environments = try FlowEnvironments(
            environment: session.environment, launching: FilePath(hello.python.executable),
            store: session.storeLocation.root, progress: progress.sink)
        let prepared = try waiting(for: { try await environments.prepare(wanted) })
        for (step, environment) in prepared { take(environment, for: step, hello, session) }
    }

    /// The locks alone, resolved where they are missing; nothing is built.
    static func locks(of graph: FlowGraph, in session: FlowSession) throws -> [String: String] {
        let wanted = wanted(graph, session.options.environmentSource)
        guard !wanted.isEmpty else { return [:] }
        let progress = ProgressRenderer(session.error)
        defer { progress.finish() }
        let environments = try FlowEnvironments(
            environment: session.environment, launching: FilePath(try session.hello().python.executable),
            store: session.storeLocation.root, progress: progress.sink)
        return try waiting(for: { try await environments.locks(of: wanted) })
    }

    private mutating func take(
        _ made: StepEnvironment, for step: StepName, _ hello: HostHello, _ session: FlowSession
    ) {
        let key = HostKey(made.digest.hex)
        hosts[step] = key
        metadata[step] = EnvironmentRecord(made).metadata.map { [$0] }
        commandLines[key] = HostCommandLine(
            python: made.python.string, entry: hello.sdk.entry, flowFile: hello.flow.file,
            arguments: session.invocation.arguments, environment: isolated(session.settings.process, in: made.root))
        locks[made.lockFile] = made.lock
    }

    private static func wanted(
        _ graph: FlowGraph, _ source: FlowOptions.EnvironmentSource
    ) -> [StepName: PyPIRequirements] {
        guard source != .local else { return [:] }
        var wanted: [StepName: PyPIRequirements] = [:]
        for node in graph.nodes where node.decorators.isIsolated { wanted[node.name] = node.decorators.pypi }
        return wanted
    }

    /// The person's variables without what would let other packages in.
    private func isolated(_ environment: [String: String], in root: FilePath) -> [String: String] {
        var isolated = environment.filter { !$0.key.hasPrefix("PYTHON") && $0.key != "__PYVENV_LAUNCHER__" }
        isolated["PYTHONNOUSERSITE"] = "1"
        isolated["VIRTUAL_ENV"] = root.string
        isolated["PATH"] = root.appending("bin").string + (environment["PATH"].map { ":" + $0 } ?? "")
        return isolated
    }
}
