import Clusters
import FlowModel

/// One line of what the probe reads.
struct ProbeRequest: Decodable {
    /// `submit`, `poll`, `cancel`, `jobs`, `describe`, `limit`, `calls`.
    var call: String

    // Of a group.
    var run: String?
    var number: Int?
    var count: Int?
    var gang: Bool?
    var script: String?
    var variables: [String: String]?
    var cpu: Double?
    var memory: Int64?
    var disk: Int64?
    var gpu: Int?
    var seconds: Int?
    /// By the names of `@slurm`'s attributes.
    var options: [String: String]?
    var extra: [String]?
    /// In place of these, what `--with` would have.
    var with: String?

    // Of jobs.
    var jobs: [String]?

    /// - Parameter settings: the environment.
    func group(_ settings: [String: String]) throws -> JobGroup {
        let count = count ?? 1
        return JobGroup(
            key: JobGroupKey(run: run ?? "ProbeFlow/1", number: number ?? 0), flow: "ProbeFlow", step: "start", username: "probe",
            attempts: (0..<count).map { "start/\($0)/0" }, isGang: gang ?? false, request: try with.map { try asked($0, settings) } ?? slurm,
            program: NodeProgram(script: script ?? "exit 0", variables: variables ?? [:]))
    }

    /// As a flow's step would ask for it.
    private func asked(_ text: String, _ settings: [String: String]) throws -> ComputeRequest {
        let next = TransitionDescription(kind: .linear, targets: ["end"], line: 2)
        let steps = [StepDescription(name: "start", file: "flow.py", line: 1, next: next), StepDescription(name: "end", file: "flow.py", line: 3)]
        let flow = FlowDescription(name: "ProbeFlow", file: "flow.py", steps: steps)
        let graph = try FlowGraph(validating: flow, adding: [try DecoratorSpec(parsing: text)])
        guard let request = graph["start"]?.decorators.compute else { throw ClusterError("probe", .refused, "'\(text)' asks for no cluster") }
        return try ComputeDefaults(environment: settings, python: "3.11.7").completed(request)
    }

    private var slurm: ComputeRequest {
        var options = SlurmOptions()
        let given = self.options ?? [:]
        options.partition = given["partition"]
        options.account = given["account"]
        options.qos = given["qos"]
        options.constraint = given["constraint"]
        options.nodelist = given["nodelist"]
        options.comment = given["comment"]
        options.timeLimit = given["time"].flatMap(SlurmTime.parse)
        options.extra = extra ?? []
        let resources = ComputeResources(cpu: cpu, memory: memory, disk: disk, gpu: gpu)
        return ComputeRequest(place: .slurm(options), resources: resources, timeLimit: seconds.map { .seconds($0) })
    }
}
