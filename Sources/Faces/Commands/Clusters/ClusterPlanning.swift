import Clusters
import Diagnostics
import FlowModel
import FoundationEssentials
import Ledger
import Nodes
import ObjectStores
import Remotes
import RunDriver
import SystemPackage
import WorkerProtocol

/// What the steps of a flow need that run on clusters: executors, environments to be made again there, and engines.
struct ClusterPlanning {
    private let session: FlowSession
    private let records: RunRecords
    private let factory: ClusterFactory
    /// With what settings say.
    private let requests: [StepName: ComputeRequest]
    private let retries: [StepName: RetryPolicy]
    private let secrets: [StepName: DecoratorSettings.Secrets]

    /// Nothing for a flow without such steps.
    ///
    /// - Throws: `ClusterPlanningError` where nodes could not reach the datastore.
    init?(_ graph: FlowGraph, in session: FlowSession, _ records: RunRecords, only step: StepName? = nil) throws {
        let nodes = graph.nodes.filter { $0.decorators.compute != nil && (step == nil || $0.name == step) }
        guard let first = nodes.first, let request = first.decorators.compute else { return nil }
        guard let address = records.remote?.store.address else {
            throw ClusterPlanningError.noSharedDatastore(step: first.name, executor: request.executor)
        }
        self.session = session
        self.records = records
        factory = ClusterFactory(settings: session.settings, python: try session.hello().python.version, datastore: address)
        var requests: [StepName: ComputeRequest] = [:]
        for node in nodes {
            guard let asked = node.decorators.compute else { continue }
            let request = try factory.resolve(asked)
            guard Self.mayReach(address, request) else {
                throw ClusterPlanningError.folderOutOfReach(address.description, step: node.name, executor: request.executor)
            }
            try ClusterPlatform.check(node, for: request, OptionChoices(settings: session.settings))
            requests[node.name] = request
        }
        self.requests = requests
        secrets = nodes.reduce(into: [:]) { $0[$1.name] = DecoratorSettings($1.decorators).secrets }
        retries = Dictionary(uniqueKeysWithValues: nodes.compactMap { node in node.decorators.retry.map { (node.name, $0) } })
    }

    /// Whether nodes can reach the datastore, as far as one can tell: a folder is nothing that containers see, unless a volume with
    /// it is mounted there.
    private static func mayReach(_ address: RemoteAddress, _ request: ComputeRequest) -> Bool {
        guard case .folder(let folder) = address else { return true }
        let mounts: [String]
        switch request.place {
        case .slurm: return true
        case .kubernetes(let options): mounts = Array(options.persistentVolumeClaims.values)
        case .batch(let options): mounts = (options.hostVolumes + options.sharedVolumes).map(\.path)
        }
        return mounts.contains { folder.starts(with: FilePath($0)) }
    }

    var steps: Set<StepName> { Set(requests.keys) }

    /// - Parameters:
    ///   - environments: of the steps, with what they are made of.
    ///   - engines: of the platforms that nodes may have, plain.
    func work(_ environments: StepEnvironments, engines: [SnapshotEntry], seed: RunSeed) throws -> ClusterWork? {
        guard let remote = records.remote else { return nil }
        let hello = try session.hello()
        var steps: [StepName: ClusterWork.Step] = [:]
        for (step, request) in requests {
            var work = ClusterWork.Step(request: request, executor: try factory.executor(for: request))
            if let made = environments.order(of: step) { (work.environment, work.packages) = made }
            if let retry = retries[step] { work.retryPause = .milliseconds(Int64(retry.minutesBetween * 60_000)) }
            steps[step] = work
        }
        let store = remote.store
        var variables = NodeVariables(session.environment, reaching: store.address).values
        variables[NodeSecrets.variable] = NodeSecrets(secrets).text
        let choices = OptionChoices(settings: session.settings)
        let plain = PlainEngines(engines, of: records.store, in: store.objects)
        var work = ClusterWork(
            steps: steps, objects: store.objects, publisher: remote.publisher, launchingPython: hello.python.version,
            variables: ["PYTHONHASHSEED": "\(seed.hashSeed)"]
        ) { [variables] orders in
            try await plain.bring()
            let engines = try await NodeBootstrap.engines(engines, in: store, validFor: .seconds(7 * 86_400))
            return NodeBootstrap(datastore: store.address, orders: orders, engines: engines, variables: variables).program
        }
        if let patience = try Self.seconds("CLUSTER_PATIENCE", choices) { work.patience = patience }
        if let settling = try Self.seconds("CLUSTER_SETTLING", choices) { work.settling = settling }
        if let sharing = try Self.seconds("CLUSTER_SHARING", choices) { work.sharing = sharing }
        return work
    }

    private static func seconds(_ name: String, _ choices: OptionChoices) throws(ClusterPlanningError) -> Duration? {
        guard let text = choices.text(name) else { return nil }
        guard let seconds = Int64(text), seconds >= 0, seconds <= 1_000_000 else { throw .notSeconds("PENSTOCK_\(name)", text) }
        return .seconds(seconds)
    }
}

/// What an engine on a node needs to reach the datastore of its run. Values may be secret.
private struct NodeVariables {
    let values: [String: String]

    private static let names = [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_S3_ADDRESSING_STYLE", "AWS_EC2_METADATA_DISABLED",
        "METAFLOW_S3_ENDPOINT_URL", "METAFLOW_S3_SERVER_SIDE_ENCRYPTION", "METAFLOW_S3_VERIFY_CERTIFICATE", "PENSTOCK_S3_ROLE",
    ]

    init(_ environment: [String: String], reaching address: RemoteAddress) {
        var values: [String: String] = [:]
        if case .s3 = address {
            for name in Self.names { if let value = environment[name], !value.isEmpty { values[name] = value } }
        }
        // Where a site wants its nodes' caches, the person says for all.
        // And which backend keeps secrets that name none.
        let settings = ["DEFAULT_SECRETS_BACKEND_TYPE", "DEFAULT_SECRETS_ROLE"].map { "METAFLOW_\($0)" }
        for name in ["PENSTOCK_NODE_CACHE", "PENSTOCK_FORK"] + settings {
            if let value = environment[name], !value.isEmpty { values[name] = value }
        }
        self.values = values
    }
}

/// Why steps cannot run on clusters.
enum ClusterPlanningError: DiagnosticError {
    case noSharedDatastore(step: StepName, executor: String)
    /// The datastore is a folder that the step's containers do not see.
    case folderOutOfReach(String, step: StepName, executor: String)
    case notSeconds(String, String)

    var diagnostic: Diagnostic {
        switch self {
        case .noSharedDatastore(let step, let executor):
            Diagnostic(
                .user, "step '\(step)' is to run on \(executor), whose nodes cannot reach the datastore: it is a folder of this machine alone",
                details: ["nothing was run"],
                help: "name one that they reach: --datastore s3, or --datastore-root file:///FOLDER on a file system that they share")
        case .folderOutOfReach(let address, let step, let executor):
            Diagnostic(
                .user, "step '\(step)' is to run on \(executor), whose containers do not see the datastore \(address)",
                details: ["nothing was run"],
                help: "use --datastore s3, or mount a volume with that folder in the containers of the step, at the same path")
        case .notSeconds(let name, let text):
            Diagnostic(.usage, "\(name) is '\(text)', which is no whole number of seconds", help: "set it to a number, or unset it")
        }
    }
}
