package import WorkerProtocol

/// What a node knows of the job that it runs, from the variables of its cluster. A task's metadata has it under the names that Metaflow's own
/// tasks use.
package enum ClusterFacts {
    private static let names = [
        "kubernetes-pod-name": "METAFLOW_KUBERNETES_POD_NAME", "kubernetes-pod-namespace": "METAFLOW_KUBERNETES_POD_NAMESPACE",
        "kubernetes-pod-id": "METAFLOW_KUBERNETES_POD_ID",
        "kubernetes-pod-service-account-name": "METAFLOW_KUBERNETES_SERVICE_ACCOUNT_NAME",
        "kubernetes-node-ip": "METAFLOW_KUBERNETES_NODE_IP", "aws-batch-job-id": "AWS_BATCH_JOB_ID",
        "aws-batch-job-attempt": "AWS_BATCH_JOB_ATTEMPT", "aws-batch-ce-name": "AWS_BATCH_CE_NAME", "aws-batch-jq-name": "AWS_BATCH_JQ_NAME",
    ]

    /// In the order of their names; what the cluster does not say is left out.
    package static func metadata(_ environment: [String: String]) -> [MetadataItem] {
        names.sorted { $0.key < $1.key }.compactMap { name, variable in
            guard let value = environment[variable], !value.isEmpty else { return nil }
            return MetadataItem(name: name, value: value, type: name)
        }
    }
}
