import ClusterContract
import Clusters
import FlowModel
import Foundation
import Kubernetes
import Synchronization
import TestSupport
import Testing

/// What every executor keeps, on an API whose jobs are played.
@Suite struct ContractTests {
    private final class Bench: ClusterBench {
        private let folder: TemporaryFolder
        private let api: FakeAPI
        private let environment: [String: String]
        private let play = Mutex(Play())

        let request = ComputeRequest(place: .kubernetes(KubernetesOptions()), image: "base")
        let evidence: String? = nil
        let many = 300
        let unknownJob = JobID("default/f-s-0123456789ab-1-1")

        init() async throws {
            folder = try TemporaryFolder()
            api = try await FakeAPI()
            environment = try api.kubeconfig(folder)
        }

        var refused: ComputeRequest? {
            var options = KubernetesOptions()
            options.namespace = "nowhere"
            return ComputeRequest(place: .kubernetes(options), image: "base")
        }

        func executor() -> any ClusterExecutor { KubernetesExecutor(environment: environment) }

        /// How far each job is, in turns of the play.
        private struct Play {
            var turns: [String: Int] = [:]
        }

        /// A turn stands for a second: jobs without a pod get one, pods of deleted jobs go, sleepers sleep a second more.
        func pass() async throws {
            let jobs = api.names("jobs")
            for pod in api.names("pods") where !jobs.contains(where: { pod.hasPrefix($0 + "-") }) { api.remove("pods", pod) }
            for job in jobs {
                let turn = play.withLock { play in
                    play.turns[job, default: -1] += 1
                    return play.turns[job] ?? 0
                }
                let length = api.object("jobs", job).map(Self.length) ?? 0
                guard turn == 0 || turn == length + 1 else { continue }
                api.put("pods", Pods.pod(of: JobID("default/\(job)"), phase: turn == 0 ? "Running" : "Succeeded"))
            }
            try await Task.sleep(for: .milliseconds(50))
        }

        /// The seconds that its script sleeps.
        private static func length(_ job: JSONValue) -> Int {
            guard let range = job.json.firstRange(of: "sleep ") else { return 0 }
            return Int(job.json[range.upperBound...].prefix { $0.isNumber }) ?? 0
        }
    }

    @Test(arguments: ClusterContract.rowsOfAll) func isKept(row: ClusterContract.Row) async throws {
        try await row.check(on: try await Bench())
    }
}
