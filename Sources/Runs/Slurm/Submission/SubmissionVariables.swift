import Clusters

/// The variables that `sbatch` runs with. All of them reach the job, which is how secret values get there: they stand in no command
/// line and in no script. Besides those of the program these are few, so that what is set in the person's shell stays there.
struct SubmissionVariables {
    let settings: SlurmSettings
    let program: NodeProgram

    /// Who the person is and where programs are found.
    private static let travelling = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ"]
    /// What Slurm's commands need to know of the cluster, and the person's own defaults for jobs.
    private static let ofCommands = [
        "SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_JWT", "SBATCH_ACCOUNT", "SBATCH_CONSTRAINT", "SBATCH_PARTITION", "SBATCH_QOS", "SBATCH_RESERVATION",
        "SBATCH_TIMELIMIT",
    ]

    /// - Throws: `refused` for a name that is no name of a variable, or one of Slurm's own, and for a value with a zero byte.
    var all: [String: String] {
        get throws(ClusterError) {
            var variables: [String: String] = [:]
            for name in Self.travelling + Self.ofCommands + settings.exported { variables[name] = settings.environment[name] }
            for (name, value) in program.variables {
                guard Self.isName(name), !name.hasPrefix("SLURM_"), !name.hasPrefix("SBATCH_"), !value.utf8.contains(0) else {
                    throw ClusterError("slurm", .refused, "the variable '\(name)' cannot be given to a job of Slurm")
                }
                variables[name] = value
            }
            if variables["PATH"] == nil { variables["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
            return variables
        }
    }

    private static func isName(_ text: String) -> Bool {
        let isWord = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isWord && !text.isEmpty && text.first?.isNumber == false
    }
}
