// Clusters: what the engine asks of a cluster, whatever its kind.
//
// Start at `ClusterExecutor`. Slurm, Kubernetes and AWS Batch have rooms of their own; what a job does on its node is the
// business of `Nodes`, and what the run makes of it that of `RunDriver`.
