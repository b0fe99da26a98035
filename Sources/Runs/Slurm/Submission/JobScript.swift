import Clusters

/// The script of a group's job, as `sbatch` reads it.
struct JobScript {
    let group: JobGroup

    var text: String { "#!/bin/sh\n" + (group.isGang ? gang : task) }

    /// Each task of an array runs it by itself.
    private var task: String {
        """
        PENSTOCK_JOB_INDEX=${SLURM_ARRAY_TASK_ID:-0}
        export PENSTOCK_JOB_INDEX
        \(group.program.script)
        """
    }

    /// Runs on the first node, and starts the program on each. A node that ends with another code than 0 has no report, and the others
    /// would wait for it in vain: then all end. One that ends well ends alone, however long the others take.
    private var gang: String {
        let program = "PENSTOCK_JOB_INDEX=$SLURM_PROCID\nexport PENSTOCK_JOB_INDEX\n" + group.program.script
        return """
            MF_PARALLEL_MAIN_IP=$(uname -n)
            export MF_PARALLEL_MAIN_IP
            SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1}
            export SRUN_CPUS_PER_TASK
            exec srun --ntasks=\(group.attempts.count) --ntasks-per-node=1 --kill-on-bad-exit=1 --wait=0 --export=ALL --mpi=none sh -c \(Self.quoted(program))

            """
    }

    /// As one word of a shell, whatever is in it.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
