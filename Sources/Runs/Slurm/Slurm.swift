// Slurm: tasks of a run as jobs of a Slurm cluster. It answers to `ClusterExecutor` (Clusters).
//
// Start at `SlurmExecutor`. All that is known of the cluster comes from its commands (`Commands`): `sbatch` gets a group as one
// job array (`Submission`), `squeue` and, where the cluster keeps accounts, `sacct` say how jobs fare (`Listings`).
