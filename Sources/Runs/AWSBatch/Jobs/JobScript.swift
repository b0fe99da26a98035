import Clusters

/// What the container of a job runs: some lines that make the variables of a job out of those that Batch sets, and the program.
///
/// A submission may carry 8,192 characters, so it has the first lines of the program alone, in a variable; the rest stands in the
/// definition.
struct JobScript {
    let command: [String]

    /// The variable with the first lines.
    static let head = "PENSTOCK_JOB_HEAD"

    init(_ program: NodeProgram, isGang: Bool) {
        let head = "eval \"$\(Self.head)\"\nunset \(Self.head)\n"
        command = ["sh", "-c", (isGang ? Self.gang : "") + head + program.body]
    }

    /// The main node is not told its own address: it stands in `/etc/hosts` beside the node's name.
    private static let gang = #"""
        PENSTOCK_JOB_INDEX=${AWS_BATCH_JOB_NODE_INDEX:-0}
        MF_PARALLEL_MAIN_IP=${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS:-}
        if [ -z "$MF_PARALLEL_MAIN_IP" ]; then
          while read -r address names; do
            case " $names " in *" $(uname -n) "*) MF_PARALLEL_MAIN_IP=$address; break ;; esac
          done </etc/hosts
          if [ -z "$MF_PARALLEL_MAIN_IP" ]; then
            MF_PARALLEL_MAIN_IP=$(hostname -i 2>/dev/null) || MF_PARALLEL_MAIN_IP=
            MF_PARALLEL_MAIN_IP=${MF_PARALLEL_MAIN_IP%% *}
          fi
          MF_PARALLEL_MAIN_IP=${MF_PARALLEL_MAIN_IP:-127.0.0.1}
        fi
        export PENSTOCK_JOB_INDEX MF_PARALLEL_MAIN_IP

        """#
}
