import Datastore
import Diagnostics
import FlowModel
import PackageSources
import RunDriver
import SystemPackage
import WorkerProtocol

extension FlowWishes {
    /// The environments that the steps of a flow ask for; none with `--environment=local`.
    init(of graph: FlowGraph, in session: FlowSession) throws {
        let folder = FilePath(try session.hello().flow.file).removingLastComponent()
        try self.init(
            flow: graph.name, in: folder.string, steps: Self.asked(by: graph, in: session),
            names: NamedLocks(environment: session.environment, near: folder))
    }

    /// Whether the packages that steps ask for are written as such. Asks nobody for them.
    static func check(_ graph: FlowGraph, in session: FlowSession) throws {
        let folder = FilePath(try session.hello().flow.file).removingLastComponent()
        try checkPackages(asked(by: graph, in: session), below: folder.string)
    }

    private static func asked(
        by graph: FlowGraph, in session: FlowSession
    ) -> [(name: StepName, asked: EnvironmentRequirements)] {
        let isLocal = session.options.environmentSource == .local
        return graph.nodes.filter { !isLocal && $0.decorators.isIsolated }.compactMap { node in
            node.decorators.environment.map { (name: node.name, asked: $0) }
        }
    }
}

extension FlowLocking {
    /// For the flow of a session, with the person's settings.
    init(of session: FlowSession, indexes: IndexOptions = IndexOptions(), progress: @escaping ProgressSink) throws {
        let hello = try session.hello()
        try self.init(
            environment: session.environment, launching: FilePath(hello.python.executable),
            flowFile: FilePath(hello.flow.file), script: hello.flow.script, store: session.storeLocation.root,
            indexes: indexes, progress: progress)
    }
}
