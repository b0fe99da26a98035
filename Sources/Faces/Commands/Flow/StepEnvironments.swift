import Executors
import FlowModel
import WorkerProtocol

/// Which worker host each step of a flow runs in, and how those hosts are started.
struct StepEnvironments {
    /// Steps that do not run in the person's own interpreter.
    var hosts: [StepName: HostKey] = [:]
    var commandLines: [HostKey: HostCommandLine] = [:]

    init(of graph: FlowGraph, in session: FlowSession) throws {
        let hello = try session.hello()
        commandLines[.launching] = HostCommandLine(
            python: hello.python.executable, entry: hello.sdk.entry, flowFile: hello.flow.file,
            environment: session.environment)
    }
}
