import ClusterContract
import Clusters
import FlowModel
import Kubernetes

/// The contract on the Kubernetes that `KUBECONFIG` names. Its jobs see the folder as the claim `evidence`, and run the image of
/// `METAFLOW_KUBERNETES_CONTAINER_IMAGE`.
struct ProbeKubernetes: ClusterBench {
    let environment: [String: String]
    let folder: String

    func executor() -> any ClusterExecutor {
        KubernetesExecutor(environment: environment, patience: .seconds(3))
    }

    var request: ComputeRequest { request(in: nil) }

    private func request(in namespace: String?) -> ComputeRequest {
        var options = KubernetesOptions()
        options.namespace = namespace
        if !folder.isEmpty { options.persistentVolumeClaims = ["evidence": folder] }
        return ComputeRequest(
            place: .kubernetes(options), resources: ComputeResources(cpu: 0.05, memory: 16, disk: 16),
            image: environment["METAFLOW_KUBERNETES_CONTAINER_IMAGE"])
    }

    var evidence: String? { folder }
    var many: Int { 40 }
    var refused: ComputeRequest? { request(in: "nowhere") }
    var unknownJob: JobID { JobID("default/probeflow-start-0123456789ab-1-1") }
}
