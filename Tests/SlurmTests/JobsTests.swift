import Clusters
import Slurm
import TestSupport
import Testing

/// Jobs are cancelled, found and described.
@Suite struct JobsTests {
    @Test func cancelling() async throws {
        let cluster = try FakeCluster(["scancel": "exit 0"])
        let ids = ["7_0", "7_1", "7_2", "7_9", "8", "9:0", "9:1", "nonsense"]
        try await cluster.executor.cancel(ids.map { JobID($0) })
        #expect(cluster.calls == ["scancel <7_[0-2,9]> <8> <9>"])
        try await cluster.executor.cancel([])
        #expect(cluster.executor.calls == ["scancel": 1])
    }

    /// A controller that has lost jobs gives their numbers to others.
    @Test func numbersOfOthersAreNotCancelled() async throws {
        let rows = "7|2|RUNNING|0|n1|penstock:F/1/0|None|\n8|N/A|RUNNING|0|n1|mine|None|"
        let cluster = try FakeCluster(["squeue": FakeCluster.printing(rows), "scancel": "exit 0"])
        _ = try await cluster.executor.poll([JobID("7_2"), JobID("8")])
        try await cluster.executor.cancel([JobID("7_2"), JobID("8")])
        #expect(cluster.calls.filter { $0.hasPrefix("scancel") } == ["scancel <7_[2]>"])
    }

    @Test(arguments: [
        "scancel: error: Kill job error on job id 7: Invalid job id specified",
        "scancel: error: Kill job error on job id 7: Job/step already completing or completed\nscancel: error: Kill job error on job id 8: Invalid job id specified",
    ])
    func alreadyGone(words: String) async throws {
        let cluster = try FakeCluster(["scancel": FakeCluster.complaining(words)])
        try await cluster.executor.cancel([JobID("7"), JobID("8")])
    }

    @Test(arguments: [
        ("scancel: error: Kill job error on job id 7: Invalid job id specified\nscancel: error: Unable to contact slurm controller (connect failure)", ClusterError.Fault.unreachable),
        ("scancel: error: Kill job error on job id 7: Access/permission denied", .forbidden), ("scancel: error: what?", .garbled),
    ])
    func notCancelled(words: String, fault: ClusterError.Fault) async throws {
        let cluster = try FakeCluster(["scancel": FakeCluster.complaining(words)])
        await #expect { try await cluster.executor.cancel([JobID("7")]) } throws: { ($0 as? ClusterError)?.fault == fault }
    }

    @Test func finding() async throws {
        let rows = """
            7|1|RUNNING|0|n1|penstock:F/1/0|None|
            7|2-3|PENDING|0||penstock:F/1/0|Priority|
            7|0|COMPLETED|0|n1|penstock:F/1/0|None|
            8|N/A|PENDING|0||penstock:F/1/4:2|Resources|
            9|N/A|RUNNING|0|n2|penstock:F/1/5|None|
            10|N/A|RUNNING|0|n2|penstock:F/11/5|None|
            11|N/A|RUNNING|0|n2|penstock:F/1/x|None|
            12|N/A|RUNNING|0|n2|someone's|None|
            """
        let cluster = try FakeCluster(["squeue": FakeCluster.printing(rows)])
        let found = try await cluster.executor.jobs(of: "F/1").map { "\($0.group) \($0.index) \($0.id)" }
        #expect(found == ["F/1/0 1 7_1", "F/1/0 2 7_2", "F/1/0 3 7_3", "F/1/4 0 8:0", "F/1/4 1 8:1", "F/1/5 0 9"])
        #expect(cluster.executor.calls == ["squeue": 1])
    }

    @Test func describing() async throws {
        let line = "JobId=12 ArrayJobId=7 ArrayTaskId=2 JobName=penstock:F/1/0 UserId=u(1) JobState=PENDING Reason=Resources Dependency=(null) ExitCode=0:0 TimeLimit=UNLIMITED NodeList=(null) Partition=main"
        let cluster = try FakeCluster(["scontrol": FakeCluster.printing(line)], output: true)
        _ = try cluster.folder.write(folders: "output/7_2.out", Array("first\nlast\n".utf8))
        #expect(
            try await cluster.executor.describe(JobID("7_2")) == [
                "job: 12", "name: penstock:F/1/0", "state: PENDING", "reason: Resources", "exit code: 0:0", "partition: main", "time limit: UNLIMITED",
                "output: first", "output: last",
            ])
        #expect(cluster.calls == ["scontrol <--oneliner> <show> <job> <7_2>"])
    }

    @Test func describingWhatIsForgotten() async throws {
        let gone = "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1"
        let cluster = try FakeCluster(["scontrol": gone, "sacct": FakeCluster.printing("7_2|TIMEOUT|0:0|n1|penstock:F/1/0")])
        #expect(
            try await cluster.executor.describe(JobID("7_2")) == ["the controller does not know the job any more", "accounts: timeLimit on n1"])
    }
}
