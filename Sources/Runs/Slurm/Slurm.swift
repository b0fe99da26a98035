// Slurm: tasks of a run as jobs of a Slurm cluster. It answers to `ClusterExecutor` (Clusters).
