import Clusters
import FlowModel

/// The options of `sbatch` for a group. No value of a variable is among them.
struct SubmissionArguments {
    let group: JobGroup
    let options: SlurmOptions
    let name: SlurmJobName
    /// The pattern of the files that hold what the jobs print.
    let output: String

    var all: [String] {
        let count = group.attempts.count
        let resources = group.request.resources
        var arguments = [
            "--parsable", "--job-name=\(name)", "--comment=\(options.comment ?? "\(group.key.run)/\(group.step)")",
            // The commands' own variables are few (`SubmissionVariables`), and all of them are meant for the job.
            "--export=ALL", "--input=/dev/null", "--output=\(output)", "--open-mode=append", "--ntasks-per-node=1",
        ]
        if group.isGang {
            arguments.append("--nodes=\(count)")
        } else {
            arguments += ["--nodes=1"]
            if count > 1 { arguments.append("--array=0-\(count - 1)") }
        }
        if let cpu = resources.cpu { arguments.append("--cpus-per-task=\(Self.whole(cpu))") }
        if let memory = resources.memory { arguments.append("--mem=\(memory)M") }
        if let disk = resources.disk { arguments.append("--tmp=\(disk)M") }
        if let gres { arguments.append("--gres=\(gres)") }
        if let limit = timeLimit { arguments.append("--time=\(SlurmTime.text(limit))") }
        return arguments + chosen + options.extra
    }

    /// What the step says and Slurm is to make of it.
    private var chosen: [String] {
        let texts: [(String, String?)] = [
            ("partition", options.partition), ("account", options.account), ("qos", options.qos), ("constraint", options.constraint),
            ("nodelist", options.nodelist), ("exclude", options.exclude), ("reservation", options.reservation), ("licenses", options.licenses),
            ("nice", options.nice.map(String.init)), ("mail-user", options.mailUser), ("mail-type", options.mailType),
        ]
        var arguments = texts.compactMap { name, value in value.map { "--\(name)=\($0)" } }
        switch options.exclusive {
        case .node?: arguments.append("--exclusive")
        case .user?: arguments.append("--exclusive=user")
        case .mcs?: arguments.append("--exclusive=mcs")
        case nil: break
        }
        // A folder that every node has, unless the person says another one.
        if !options.extra.contains(where: { $0.hasPrefix("--chdir") }) { arguments.append("--chdir=/tmp") }
        return arguments
    }

    private var gres: String? {
        let named = options.gres?.split(separator: ",").map(String.init) ?? []
        let gpus = group.request.resources.gpu ?? 0
        let namesGPUs = named.contains { $0 == "gpu" || $0.hasPrefix("gpu:") || $0.hasPrefix("gres/gpu") }
        let all = gpus > 0 && !namesGPUs ? ["gpu:\(gpus)"] + named : named
        return all.isEmpty ? nil : all.joined(separator: ",")
    }

    private var timeLimit: Duration? {
        [group.request.timeLimit, options.timeLimit].compactMap(\.self).min()
    }

    /// A part of a processor is one.
    private static func whole(_ cpu: Double) -> Int { max(1, Int(min(cpu.rounded(.up), 1_000_000))) }
}
