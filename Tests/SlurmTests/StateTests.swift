import Clusters
import Slurm
import TestSupport
import Testing

/// What the states of Slurm come to.
@Suite struct StateTests {
    private static func ended(_ cause: JobEnding.Cause, _ message: String? = nil, node: String? = "n1") -> JobState {
        .ended(JobEnding(cause, node: node, message: message))
    }

    /// State, exit code, nodes and reason as `squeue` prints them.
    @Test(arguments: [
        ("PENDING|0||Resources", .pending(reason: "Resources")), ("PENDING|0||None", .pending(reason: nil)), ("PENDING|0||(null)", .pending(reason: nil)),
        ("PENDING|0||BadConstraints", .pending(reason: "BadConstraints: no node fits what it asks for")),
        ("PENDING|0||DependencyNeverSatisfied", .pending(reason: "DependencyNeverSatisfied: what it waits for will not happen")),
        ("PENDING|0||AssocGrpCpuLimit", .pending(reason: "AssocGrpCpuLimit: your account has reached a limit")),
        ("PENDING|0||JobHeldAdmin", .pending(reason: "JobHeldAdmin: an administrator has to release it")),
        ("PENDING|0||launch failed requeued held", .pending(reason: "launch failed requeued held: its node could not start it; it is released three times, then it waits for scontrol release")),
        ("CONFIGURING|0|n1|None", .pending(reason: "its nodes are being made ready")), ("RUNNING|0|n1|None", .running(node: "n1")),
        ("RUNNING|0|n[1-2]|None", .running(node: "n[1-2]")), ("RUNNING|0||None", .running(node: nil)), ("COMPLETING|0|n1|None", .running(node: "n1")),
        ("SUSPENDED|0|n1|None", .pending(reason: "it was suspended")), ("REQUEUED|0||None", .pending(reason: "it is queued again")),
        ("SPECIAL_EXIT|0||None", .pending(reason: "it is queued again and held: scontrol release lets it run")),
        ("COMPLETED|0|n1|None", ended(.completed)), ("FAILED|256|n1|NonZeroExitCode", ended(.exited(code: 1))), ("FAILED|23552|n1|NonZeroExitCode", ended(.exited(code: 92))),
        ("FAILED|92:0|n1|NonZeroExitCode", ended(.exited(code: 92))), ("FAILED|9|n1|RaisedSignal:9(Killed)", ended(.signalled(9), "RaisedSignal:9(Killed)")),
        ("FAILED|0:15|n1|None", ended(.signalled(15))), ("FAILED|36608|n1|NonZeroExitCode", ended(.exited(code: 143))),
        ("FAILED|0:53|n1|None", ended(.notStarted, "Slurm could not open the file for its output, or not start its script")),
        ("FAILED|0|n1|JobLaunchFailure", ended(.notStarted, "JobLaunchFailure")), ("TIMEOUT|0:15|n1|TimeLimit", ended(.timeLimit, "TimeLimit")),
        ("OUT_OF_MEMORY|0:125|n1|OutOfMemory", ended(.outOfMemory, "OutOfMemory")), ("NODE_FAIL|0|n1|NodeDown", ended(.nodeFailed, "NodeDown")),
        ("BOOT_FAIL|0|n1|None", ended(.nodeFailed, "its node did not start")), ("PREEMPTED|0:15|n1|None", ended(.preempted)),
        ("CANCELLED|15|n1|None", ended(.cancelled)), ("CANCELLED|0||Resources", ended(.cancelled, "Resources", node: nil)),
        ("DEADLINE|0|n1|DeadLine", ended(.timeLimit, "its deadline has passed")), ("REVOKED|0||None", .unknown), ("BRAND_NEW|0|n1|None", .unknown),
    ] as [(String, JobState)])
    func queue(row: String, state: JobState) async throws {
        let fields = row.split(separator: "|", omittingEmptySubsequences: false)
        let line = "7|2|\(fields[0])|\(fields[1])|\(fields[2])|penstock:F/1/0|\(fields[3])|"
        let cluster = try FakeCluster(["squeue": FakeCluster.printing(line)])
        let job = JobID("7_2")
        #expect(try await cluster.executor.poll([job]) == [job: state])
    }

    /// State, exit code and nodes as `sacct` prints them.
    @Test(arguments: [
        ("COMPLETED|0:0|n1", ended(.completed)), ("FAILED|3:0|n1", ended(.exited(code: 3))), ("CANCELLED by 1000|0:0|None assigned", ended(.cancelled, "cancelled by 1000", node: nil)),
        ("OUT_OF_MEMORY|0:125|n2", ended(.outOfMemory, node: "n2")), ("NODE_FAIL|1:0|n1", ended(.nodeFailed)), ("TIMEOUT|0:0|n1", ended(.timeLimit)),
        ("PREEMPTED|0:0|n1", ended(.preempted)), ("RUNNING|0:0|n1", .running(node: "n1")), ("PENDING|0:0|None assigned", .pending(reason: nil)),
        ("REQUEUED|0:0|n1", .pending(reason: "it is queued again")),
    ] as [(String, JobState)])
    func accounts(row: String, state: JobState) async throws {
        let cluster = try FakeCluster(["squeue": "exit 0", "sacct": FakeCluster.printing("7_2|\(row)|penstock:F/1/0")])
        let job = JobID("7_2")
        #expect(try await cluster.executor.poll([job]) == [job: state])
        #expect(cluster.executor.calls == ["squeue": 1, "sacct": 1])
    }

    /// Tasks that wait have one row for all, and those that were cancelled while they waited have one without a place.
    @Test func tasksTogether() async throws {
        let rows = """
            7|4-6,9|PENDING|0||penstock:F/1/0|Priority|
            7|0-3:2%1|PENDING|0||penstock:F/1/0|JobArrayTaskLimit|
            7|1|RUNNING|0|n1|penstock:F/1/0|None|
            7|N/A|CANCELLED|0||penstock:F/1/0|None|
            8|N/A|RUNNING|0|n[1-2]|penstock:F/1/1:2|None|
            9|N/A|RUNNING|0|n1|penstock:F/1/2|None|
            """
        let cluster = try FakeCluster(["squeue": FakeCluster.printing(rows)])
        let states = try await cluster.executor.poll(["7_0", "7_1", "7_2", "7_3", "7_5", "7_9", "8:0", "8:1", "9", "10_1"].map { JobID($0) })
        let waiting = JobState.pending(reason: "Priority")
        let limited = JobState.pending(reason: "JobArrayTaskLimit")
        #expect(states[JobID("7_5")] == waiting)
        #expect(states[JobID("7_9")] == waiting)
        #expect(states[JobID("7_0")] == limited)
        #expect(states[JobID("7_2")] == limited)
        #expect(states[JobID("7_1")] == .running(node: "n1"))
        #expect(states[JobID("7_3")] == .ended(JobEnding(.cancelled)))
        #expect(states[JobID("8:0")] == .running(node: "n[1-2]"))
        #expect(states[JobID("8:1")] == .running(node: "n[1-2]"))
        #expect(states[JobID("9")] == .running(node: "n1"))
        #expect(states[JobID("10_1")] == .unknown)
    }

    /// A controller that has lost its newest jobs gives their numbers away again.
    @Test func numberOfAnother() async throws {
        let cluster = try FakeCluster([
            "sbatch": "cat > /dev/null; echo 7",
            "squeue": "if [ -e \"$HERE/later\" ]; then echo '7|N/A|COMPLETED|0|n1|penstock:F/2/0|None|'; echo '7|N/A|RUNNING|0|n1|own|None|'; fi",
        ])
        let jobs = try await cluster.executor.submit(FakeCluster.group(of: 1))
        _ = try cluster.folder.write("later", [])
        #expect(try await cluster.executor.poll(jobs) == [JobID("7"): .unknown])
    }
}
