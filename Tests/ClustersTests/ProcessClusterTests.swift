import ClusterContract
import Clusters
import FlowModel
import FoundationEssentials
import Testing

/// The contract on a cluster of processes, which shows that it can be kept.
@Suite(.serialized) struct ProcessClusterTests {
    private struct Bench: ClusterBench {
        let folder: String
        let request = ComputeRequest(place: .slurm(SlurmOptions()))
        let many = 200
        let unknownJob = JobID("1-0")

        var evidence: String? { folder }

        var refused: ComputeRequest? {
            var options = SlurmOptions()
            options.partition = "nowhere"
            return ComputeRequest(place: .slurm(options))
        }

        func executor() -> any ClusterExecutor { ProcessCluster(folder: folder + "/cluster") }
    }

    @Test(arguments: ClusterContract.rows) func isKept(row: ClusterContract.Row) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/process-cluster-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            ProcessCluster(folder: folder + "/cluster").endAll()
            try? FileManager.default.removeItem(atPath: folder)
        }
        try await row.check(on: Bench(folder: folder))
    }
}
