import ClusterContract
import Clusters
import FlowModel
import FoundationEssentials
import Testing

/// Executors that do not keep the contract are found out.
@Suite(.serialized) struct ContractBreachTests {
    enum Fault: String, CaseIterable {
        case submitsAgain, shufflesJobs, failsStrangers, cancelsAll, findsOthers, forgetsRunning, takesAnything, dropsVariables
    }

    /// A cluster that is right but for one thing.
    private struct Faulty: ClusterExecutor {
        let right: ProcessCluster
        let fault: Fault
        let name = "slurm"
        let groupLimit = 1000

        func submit(_ group: JobGroup) async throws(ClusterError) -> [JobID] {
            var group = group
            switch fault {
            case .submitsAgain: group.key.number += Int.random(in: 1_000...1_000_000)
            case .dropsVariables: group.program.variables = [:]
            case .takesAnything: group.request = ComputeRequest(place: .slurm(SlurmOptions()))
            default: break
            }
            let jobs = try await right.submit(group)
            return fault == .shufflesJobs ? jobs.reversed() : jobs
        }

        func poll(_ jobs: [JobID]) async throws(ClusterError) -> [JobID: JobState] {
            try await right.poll(jobs).mapValues { state in
                switch (fault, state) {
                case (.failsStrangers, .unknown): .ended(JobEnding(.nodeFailed))
                case (.forgetsRunning, .running): .unknown
                default: state
                }
            }
        }

        func cancel(_ jobs: [JobID]) async throws(ClusterError) {
            guard fault == .cancelsAll, let group = jobs.first?.text.split(separator: "-").first else { return try await right.cancel(jobs) }
            try await right.cancel((0..<20).map { JobID("\(group)-\($0)") })
        }

        func jobs(of run: String) async throws(ClusterError) -> [FoundJob] {
            var found = try await right.jobs(of: run)
            if fault == .findsOthers { found += try await right.jobs(of: run + "1") }
            return found
        }

        func describe(_ job: JobID) async throws(ClusterError) -> [String] {
            try await right.describe(job)
        }
    }

    private struct Bench: ClusterBench {
        let folder: String
        let fault: Fault
        let request = ComputeRequest(place: .slurm(SlurmOptions()))
        let many = 4
        let unknownJob = JobID("1-0")
        let patience = 50

        var evidence: String? { folder }

        var refused: ComputeRequest? {
            var options = SlurmOptions()
            options.partition = "nowhere"
            return ComputeRequest(place: .slurm(options))
        }

        func executor() -> any ClusterExecutor {
            Faulty(right: ProcessCluster(folder: folder + "/cluster"), fault: fault)
        }
    }

    /// The row that each is found out by, by the beginning of its name.
    @Test(arguments: [
        (.submitsAgain, "the same key gives the same jobs"), (.shufflesJobs, "each job knows its place"),
        (.failsStrangers, "a job that nobody knows"), (.cancelsAll, "jobs are cancelled, twice"), (.findsOthers, "keys that look alike"),
        (.forgetsRunning, "a job waits, runs"), (.takesAnything, "a request that the cluster refuses"),
        (.dropsVariables, "variables arrive"),
    ] as [(Fault, String)])
    func isFound(fault: Fault, name: String) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/faulty-cluster-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            ProcessCluster(folder: folder + "/cluster").endAll()
            try? FileManager.default.removeItem(atPath: folder)
        }
        let row = try #require(ClusterContract.rows.first { $0.description.hasPrefix(name) })
        await #expect(throws: (any Error).self) { try await row.check(on: Bench(folder: folder, fault: fault)) }
    }
}
