package import Clusters
package import FlowModel
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs jobs on the Slurm cluster that this machine's commands know.
///
/// A group is one job array, a single job is none, and a gang is one job of several nodes. Calls to the cluster are those that a
/// call of the executor needs: one for `poll`, and a second one only for jobs that the controller has forgotten, where the cluster
/// keeps accounts; two for `submit`, of which the first looks whether the group is there.
package struct SlurmExecutor: ClusterExecutor {
    package let name = "slurm"
    let commands: SlurmCommands
    let memory = SlurmMemory()
    let output: JobOutput

    /// How long a command may take; `sbatch`, which itself tries again for a while, two and a half times as long.
    let patience: Duration

    /// For how far back accounts are searched.
    static let past = "now-30days"

    /// - Parameter output: a folder that the nodes see, for what jobs print before they reach the datastore; the one that the
    ///   settings name counts before it. Without any, that is lost.
    package init(settings: SlurmSettings, output: FilePath? = nil, patience: Duration = .seconds(60)) {
        self.patience = patience
        commands = SlurmCommands(settings: settings, counter: CallCounter())
        self.output = JobOutput(folder: settings.output ?? output)
    }

    /// How often each of Slurm's commands was run.
    package var calls: [String: Int] { commands.counter.all }

    package var groupLimit: Int {
        get async throws(ClusterError) {
            if let known = memory.with({ $0.groupLimit }) { return known }
            let answer = try await commands.run(.scontrol, ["show", "config"], patience: patience)
            guard answer.isGood else { throw SlurmComplaint(action: "learn the cluster's limits", answer: answer).error }
            let limit = try ClusterLimits(answer.output).group
            memory.with { $0.groupLimit = limit }
            return limit
        }
    }

    /// No more than a twentieth of the time that a job may take: an attempt has the rest.
    package func sharing(of request: ComputeRequest, atMost most: Duration) -> Duration {
        guard case .slurm(let options) = request.place else { return .zero }
        return [request.timeLimit, options.timeLimit].compactMap { $0.map { $0 / 20 } }.reduce(most, min)
    }

    /// The person, as Slurm's commands take them.
    var user: String { String(geteuid()) }
}

/// The cluster's limits, of `scontrol show config`.
struct ClusterLimits {
    /// The largest job array.
    let group: Int

    /// - Throws: `garbled` where they do not stand there.
    init(_ text: String) throws(ClusterError) {
        var settings: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let sides = line.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
            if sides.count == 2 { settings[sides[0].prefix { $0 != " " }] = sides[1] }
        }
        guard let size = settings["MaxArraySize"].flatMap({ SlurmJobID.number($0.prefix { $0 != " " }) }) else {
            throw ClusterError("slurm", .garbled, "cannot learn the cluster's limits: scontrol show config tells no MaxArraySize")
        }
        let parameters = (settings["SchedulerParameters"] ?? "").split(separator: ",")
        let tasks = parameters.first { $0.hasPrefix("max_array_tasks=") }.flatMap { SlurmJobID.number($0.dropFirst(16)) }
        group = max(1, min(1000, size, tasks ?? size))
    }
}
