import ClusterContract
import Clusters
import FlowModel
import Slurm

/// The contract of all executors on the Slurm cluster that the environment names. Without rows, they are told, one a line.
struct ProbeContract: ClusterBench {
    let settings: SlurmSettings
    let folder: String

    static func check(_ words: [String], _ variables: [String: String]) async throws {
        guard let folder = words.first else {
            for row in ClusterContract.rows { print(row) }
            return
        }
        try await check(words, on: ProbeContract(settings: SlurmSettings(variables), folder: folder))
    }

    /// Rows by their descriptions.
    static func check(_ words: [String], on bench: any ClusterBench) async throws {
        for row in ClusterContract.rows where words.contains(row.description) {
            do {
                try await row.check(on: bench)
                print("kept: \(row)")
            } catch {
                print("broken: \(row): \(error)")
            }
        }
    }

    func executor() -> any ClusterExecutor { SlurmExecutor(settings: settings) }

    var request: ComputeRequest {
        ComputeRequest(place: .slurm(SlurmOptions()), resources: ComputeResources(cpu: 1, memory: 20))
    }

    var evidence: String? { folder }
    /// Twenty at a time take about a second.
    var many: Int { 60 }

    var refused: ComputeRequest? {
        var options = SlurmOptions()
        options.partition = "nowhere"
        return ComputeRequest(place: .slurm(options))
    }

    var unknownJob: JobID { JobID("4000000_3") }
}
