/// Where the tasks of a step run, when that is not the person's own machine: what `@slurm`, `@kubernetes` or `@batch` and
/// `@resources` come to.
package struct ComputeRequest: Hashable, Sendable {
    /// The kind of cluster, with what is particular to it.
    package enum Place: Hashable, Sendable {
        case slurm(SlurmOptions)
        case kubernetes(KubernetesOptions)
        case batch(BatchOptions)
    }

    package var place: Place
    /// What the cluster's decorator and `@resources` ask for.
    package var resources: ComputeResources
    /// Of these what the cluster's decorator asks for itself: where it leaves something out, a default stands for it, and of that
    /// and `@resources` the larger one counts.
    package var ownResources: ComputeResources
    /// The longest that an attempt may take: the sum of `@timeout`, else nothing, and the cluster's own limit counts.
    package var timeLimit: Duration?
    /// The image of the step's container, where the cluster has containers; nothing for the default one.
    package var image: String?
    /// The Python of the node or the image, for steps without an environment; nothing for `python3` of the search path.
    package var executable: String?

    package init(
        place: Place, resources: ComputeResources = ComputeResources(), ownResources: ComputeResources? = nil,
        timeLimit: Duration? = nil, image: String? = nil, executable: String? = nil
    ) {
        self.place = place
        self.resources = resources
        self.ownResources = ownResources ?? resources
        self.timeLimit = timeLimit
        self.image = image
        self.executable = executable
    }

    /// The name of its decorator: `slurm`, `kubernetes`, `batch`.
    package var executor: String {
        switch place {
        case .slurm: "slurm"
        case .kubernetes: "kubernetes"
        case .batch: "batch"
        }
    }
}
