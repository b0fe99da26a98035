/// What `@slurm` says besides resources, image and executable: how a task is to run on a Slurm cluster.
package struct SlurmOptions: Hashable, Sendable {
    package init() {}
}
