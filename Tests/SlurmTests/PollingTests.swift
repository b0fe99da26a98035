import Clusters
import Slurm
import TestSupport
import Testing

/// How often the cluster is asked, and what its commands may print.
@Suite struct PollingTests {
    private let job = JobID("7_2")

    @Test func oneCallForAll() async throws {
        let rows = (0..<500).map { "7|\($0)|RUNNING|0|n1|penstock:F/1/0|None|" }.joined(separator: "\n")
        let cluster = try FakeCluster(["squeue": FakeCluster.printing(rows)])
        let jobs = (0..<500).map { JobID("7_\($0)") }
        let states = try await cluster.executor.poll(jobs)
        #expect(states.count == 500)
        #expect(states.values.allSatisfy { $0 == .running(node: "n1") })
        #expect(cluster.executor.calls == ["squeue": 1])
    }

    @Test func nothingIsAskedOfNothing() async throws {
        let cluster = try FakeCluster([:])
        #expect(try await cluster.executor.poll([]) == [:])
        #expect(try await cluster.executor.poll([JobID("arn:x"), JobID(""), JobID("-1"), JobID("1_2_3")]).values.allSatisfy { $0 == .unknown })
        #expect(cluster.executor.calls == [:])
    }

    /// A number alone that the controller does not know is an error to squeue.
    @Test func notKnown() async throws {
        let cluster = try FakeCluster(["squeue": "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1"])
        #expect(try await cluster.executor.poll([job]) == [job: .unknown])
    }

    /// Where the cluster keeps no accounts, it is asked for them once.
    @Test func withoutAccounts() async throws {
        let cluster = try FakeCluster(["squeue": "exit 0"])
        for _ in 0..<5 { #expect(try await cluster.executor.poll([job]) == [job: .unknown]) }
        #expect(cluster.executor.calls == ["squeue": 5, "sacct": 1])
    }

    /// What accounts do not have yet is not asked for at once again, and accounts that do not answer are no news of any job.
    @Test(arguments: ["exit 0", "echo 'sacct: error: Problem talking to the database: Connection refused' >&2; exit 1", "echo nonsense"])
    func patientWithAccounts(script: String) async throws {
        let cluster = try FakeCluster(["squeue": "exit 0", "sacct": script])
        for _ in 0..<3 { #expect(try await cluster.executor.poll([job]) == [job: .unknown]) }
        #expect(cluster.executor.calls == ["squeue": 3, "sacct": 1])
    }

    /// What a node could not start is released, and not at every look; what a person holds is not, nor what is of others.
    @Test func released() async throws {
        let rows = """
            7|0,2|PENDING|0||penstock:F/1/0|launch failed requeued held|
            8|N/A|PENDING|0||penstock:F/1/1|launch failed requeued held|
            9|N/A|PENDING|0||penstock:F/1/2|JobHeldUser|
            10|N/A|PENDING|0||mine|launch failed requeued held|
            """
        let cluster = try FakeCluster(["squeue": FakeCluster.printing(rows), "scontrol": "exit 1"])
        for _ in 0..<3 { _ = try await cluster.executor.poll([JobID("7_0"), JobID("8"), JobID("9"), JobID("10")]) }
        let releases = cluster.calls.filter { $0.hasPrefix("scontrol") }
        // More than one only on a machine that takes ten seconds between two looks.
        #expect(!releases.isEmpty && Set(releases) == ["scontrol <release> <7_[0,2]> <8>"])
    }

    /// Beyond what a command line holds, all jobs of the person are asked for.
    @Test func veryMany() async throws {
        let cluster = try FakeCluster(["squeue": "exit 0"])
        _ = try await cluster.executor.poll((0..<20_000).map { JobID("\(1_000_000 + $0)") })
        let call = try #require(cluster.calls.first)
        #expect(!call.contains("--jobs"))
        #expect(call.contains("<--user="))
    }

    // MARK: What is printed

    /// Lines of others: a wrapper's banner, jobs with strange names, a row that ends too early.
    @Test(arguments: [
        "Welcome to the cluster!\n7|2|RUNNING|0|n1|penstock:F/1/0|None|", "7|2|RUNNING|0|n1|penstock:F/1/0|None|\n8|1|RUNN",
        "9|N/A|RUNNING|0|n1|a|b|c|None|\n7|2|RUNNING|0|n1|penstock:F/1/0|None|", "x|y|z\n\n7|2|RUNNING|0|n1|penstock:F/1/0|None|",
        "99999999999999999999|2|COMPLETED|0|n1|penstock:F/1/0|None|\n7|2|RUNNING|0|n1|penstock:F/1/0|None|",
        "7|3-1|COMPLETED|0|n1|penstock:F/1/0|None|\n7|2|RUNNING|0|n1|penstock:F/1/0|None|",
        "7|2|RUNNING|0|n1|penstock:F/1/0|None|\n7|0-2:0|COMPLETED|0|n1|penstock:F/1/0|None|",
        "7|2|RUNNING|0|n1|penstock:F/1/0|None|\n7|2|COMPLETED|nonsense|n1|penstock:F/1/0|None|",
        "7|2|RUNNING|0|n1|penstock:F/1/0|None|\n7|2|completed|0|n1|penstock:F/1/0|None|",
    ])
    func others(text: String) async throws {
        let cluster = try FakeCluster(["squeue": FakeCluster.printing(text)])
        #expect(try await cluster.executor.poll([job]) == [job: .running(node: "n1")])
    }

    @Test(arguments: [
        "cat <<'END'\nnothing that squeue would say\nEND", "printf '\\377\\376\\000\\001garbage\\n'", "printf '7|2|COMPLETED'", "printf '{\"jobs\": []}'",
        "yes", "echo 'squeue: error: a thing that never happened' >&2; exit 7", "exit 3",
    ])
    func garbled(script: String) async throws {
        let cluster = try FakeCluster(["squeue": script])
        await #expect { try await cluster.executor.poll([job]) } throws: { ($0 as? ClusterError)?.fault == .garbled }
    }

    /// A command that hangs is ended, with what it has started.
    @Test func hanging() async throws {
        let cluster = try FakeCluster(["squeue": "sleep 1000 & wait"], patience: .milliseconds(300))
        await #expect { try await cluster.executor.poll([job]) } throws: { ($0 as? ClusterError)?.fault == .unreachable }
    }

    @Test func bytesThatAreNoText() async throws {
        let cluster = try FakeCluster(["squeue": "printf '9|N/A|RUNNING|0|n1|\\377\\376|None|\\n7|2|RUNNING|0|n1|penstock:F/1/0|None|\\n'"])
        #expect(try await cluster.executor.poll([job]) == [job: .running(node: "n1")])
    }

    // MARK: What the commands run with

    /// The person's own settings for Slurm's commands change nothing.
    @Test func variablesOfCommands() async throws {
        let cluster = try FakeCluster(
            ["squeue": "env > \"$HERE/env\""], variables: ["SQUEUE_FORMAT": "%i", "SLURM_TIME_FORMAT": "relative", "SQUEUE_STATES": "PD", "SLURM_CONF": "/c", "MODULES": "m"])
        _ = try await cluster.executor.poll([job])
        let variables = try cluster.text("env").split(separator: "\n")
        #expect(!variables.contains { $0.hasPrefix("SQUEUE_") })
        for wanted in ["SLURM_TIME_FORMAT=standard", "LC_ALL=C", "SLURM_BITSTR_LEN=0", "SLURM_CONF=/c", "MODULES=m"] {
            #expect(variables.contains(wanted[...]))
        }
    }

    @Test func withoutCommands() async throws {
        let cluster = try FakeCluster([:])
        for name in cluster.folder.names() { unlinkFile(cluster.folder, name) }
        await #expect { try await cluster.executor.poll([job]) } throws: { error in
            let error = error as? ClusterError
            return error?.fault == .notSetUp && error?.message.hasPrefix("there is no squeue in ") == true && error?.help?.contains("PENSTOCK_SLURM_BIN") == true
        }
    }

    // MARK: What failed says why

    /// The last lines that a job printed are told, and the files of those that have ended well are removed.
    @Test func output() async throws {
        let cluster = try FakeCluster(["squeue": FakeCluster.printing("7|0|COMPLETED|0|n1|penstock:F/1/0|None|\n7|1|FAILED|23296|n1|penstock:F/1/0|NonZeroExitCode|\n7|2|RUNNING|0|n1|penstock:F/1/0|None|")], output: true)
        for index in 0..<3 { _ = try cluster.folder.write(folders: "output/7_\(index).out", Array("no curl here\nnor wget\n".utf8)) }
        let states = try await cluster.executor.poll((0..<3).map { JobID("7_\($0)") })
        #expect(states[JobID("7_1")] == .ended(JobEnding(.exited(code: 91), node: "n1", message: "no curl here\nnor wget")))
        #expect(states[JobID("7_2")] == .running(node: "n1"))
        #expect(cluster.folder.names("output") == ["7_1.out", "7_2.out"])
    }

    /// When the run is over, the empty files of its jobs go, too.
    @Test func emptyOutput() async throws {
        let cluster = try FakeCluster(["sbatch": "cat > /dev/null; echo 7", "squeue": "exit 0"], output: true)
        _ = try await cluster.executor.submit(FakeCluster.group())
        for (name, text) in [("7_0", ""), ("7_1", "why"), ("8_0", ""), ("notes", "")] { _ = try cluster.folder.write("output/\(name).out", Array(text.utf8)) }
        await cluster.executor.runIsOver("F/2")
        #expect(cluster.folder.names("output") == ["7_0.out", "7_1.out", "8_0.out", "notes.out"])
        await cluster.executor.runIsOver("F/1")
        #expect(cluster.folder.names("output") == ["7_1.out", "8_0.out", "notes.out"])
    }
}
