// Kubernetes: tasks of a run as jobs of a Kubernetes cluster. It answers to `ClusterExecutor` (Clusters).
