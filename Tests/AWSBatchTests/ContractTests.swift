import AWSBatch
import ClusterContract
import Clusters
import FlowModel
import SystemPackage
import TestSupport
import Testing

/// What every executor keeps, with a Batch that is played and whose jobs run as processes of this machine.
@Suite(.serialized) struct ContractTests {
    private struct Bench: ClusterBench {
        let batch: PlayedBatch
        let folder: String
        let request = JobGroup.played().request
        let unknownJob = JobID("11111111-0000-0000-0000-000000000000")
        let many = 150

        var evidence: String? { folder }

        var refused: ComputeRequest? { JobGroup.played { $0.queue = "nowhere" }.request }

        func executor() throws -> any ClusterExecutor { try batch.executor() }
    }

    @Test(arguments: ClusterContract.rows) func isKept(row: ClusterContract.Row) async throws {
        let folder = try TemporaryFolder()
        let batch = try await PlayedBatch()
        batch.change { $0.machine = PlayedMachine() }
        try await row.check(on: Bench(batch: batch, folder: folder.path.string))
        // Nothing stays behind.
        try await batch.executor().cancel(batch.jobs.filter { $0.parent == nil }.map { JobID($0.id) })
    }
}
