/// What `@slurm` says besides resources and executable: how a task is to run on a Slurm cluster.
///
/// Texts are as `sbatch` takes them for its option of that name: not empty, without control characters, and without a dash in
/// front. What was given as a list is joined with commas.
package struct SlurmOptions: Hashable, Sendable {
    /// With whom a node is shared (`--exclusive`).
    package enum Exclusive: String, Hashable, Sendable {
        /// With nobody.
        case node
        /// With jobs of the same person.
        case user
        /// With jobs of the same MCS label.
        case mcs
    }

    /// One or several, the first that lets the job start counts; nothing for the cluster's default.
    package var partition: String?
    package var account: String?
    package var qos: String?
    /// The longest that a job may take; nothing for the partition's default. `@timeout` counts too: the shorter one of both.
    package var timeLimit: Duration?
    package var constraint: String?
    /// Nodes that must be among those of the job.
    package var nodelist: String?
    package var exclude: String?
    /// As `gpu:a100:2`. Where it names a gpu, it stands for the number of gpus that the step asks for.
    package var gres: String?
    package var reservation: String?
    package var licenses: String?
    package var exclusive: Exclusive?
    /// Added to the job's priority with the opposite sign; below zero for operators only.
    package var nice: Int?
    package var comment: String?
    package var mailUser: String?
    package var mailType: String?
    /// Further options of `sbatch`, each `--name` or `--name=value`.
    package var extra: [String] = []

    package init() {}
}
