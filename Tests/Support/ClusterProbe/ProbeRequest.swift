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

    // Of jobs.
    var jobs: [String]?

    var group: JobGroup {
        get {
            let count = count ?? 1
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
            return JobGroup(
                key: JobGroupKey(run: run ?? "ProbeFlow/1", number: number ?? 0), flow: "ProbeFlow", step: "start", username: "probe",
                attempts: (0..<count).map { "start/\($0)/0" }, isGang: gang ?? false,
                request: ComputeRequest(place: .slurm(options), resources: resources, timeLimit: seconds.map { .seconds($0) }),
                program: NodeProgram(script: script ?? "exit 0", variables: variables ?? [:]))
        }
    }
}
