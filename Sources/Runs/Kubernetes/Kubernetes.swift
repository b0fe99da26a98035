// Kubernetes: tasks of a run as jobs of a Kubernetes cluster.
//
// Start at `KubernetesExecutor`, which answers to `ClusterExecutor` (Clusters). `Configuration` finds the cluster and the
// person's credentials (kubeconfig, or those of the pod the engine runs in); `Client` talks to the API; `Manifests` makes the
// objects of a group; `States` watches jobs and pods and says how they fare.
