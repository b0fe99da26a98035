import Nodes
import Testing
import WorkerProtocol

@Suite struct ClusterFactsTests {
    @Test func aNodeTellsWhatItsClusterSays() {
        let facts = ClusterFacts.metadata([
            "METAFLOW_KUBERNETES_POD_NAME": "train-0-abcde", "METAFLOW_KUBERNETES_NODE_IP": "10.0.0.7", "METAFLOW_KUBERNETES_POD_ID": "",
            "AWS_BATCH_JOB_ID": "b-1", "HOME": "/root",
        ])
        #expect(
            facts == [
                MetadataItem(name: "aws-batch-job-id", value: "b-1", type: "aws-batch-job-id"),
                MetadataItem(name: "kubernetes-node-ip", value: "10.0.0.7", type: "kubernetes-node-ip"),
                MetadataItem(name: "kubernetes-pod-name", value: "train-0-abcde", type: "kubernetes-pod-name"),
            ])
        #expect(ClusterFacts.metadata(["HOME": "/root"]).isEmpty)
    }
}
