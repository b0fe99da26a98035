import Clusters
import FlowModel
import Slurm
import TestSupport
import Testing

/// What `sbatch` is given, and what becomes of its answers.
@Suite struct SubmittingTests {
    /// Keeps what it was given, and is a cluster that forgets nothing.
    private static let sbatch = """
        cat > "$HERE/script"
        env > "$HERE/env"
        for word; do case $word in --job-name=*) echo "7|N/A|PENDING|0||${word#*=}|None|" >> "$HERE/queue";; esac; done
        """
    private static let squeue = """
        name=
        for word; do case $word in --name=*) name=${word#*=};; esac; done
        [ ! -e "$HERE/queue" ] || grep -F "|$name|" "$HERE/queue" || true
        """

    private func cluster(_ answer: String = "echo 7", variables: [String: String] = [:], output: Bool = false, patience: Duration = .seconds(60)) throws -> FakeCluster {
        try FakeCluster(["sbatch": Self.sbatch + "\n" + answer, "squeue": Self.squeue], variables: variables, output: output, patience: patience)
    }

    // MARK: Ids

    @Test(arguments: [
        (1, false, ["7"]), (3, false, ["7_0", "7_1", "7_2"]), (2, true, ["7:0", "7:1"]), (1, true, ["7:0"]),
    ] as [(Int, Bool, [String])])
    func ids(count: Int, isGang: Bool, wanted: [String]) async throws {
        let cluster = try cluster()
        let group = FakeCluster.group(of: count, isGang: isGang)
        #expect(try await cluster.executor.submit(group).map(\.text) == wanted)
        #expect(try await cluster.executor.submit(group).map(\.text) == wanted)
        #expect(cluster.executor.calls == ["sbatch": 1, "squeue": 2, "sacct": 1])
    }

    /// What wrappers of sites print around the number.
    @Test(arguments: ["echo '7;cluster'", "echo 'Checking your quota: ok'; echo 7; echo 'Have 3 nice days'", "printf '7'", "echo '7 '"])
    func surrounded(answer: String) async throws {
        let cluster = try cluster(answer)
        #expect(try await cluster.executor.submit(FakeCluster.group(of: 1)) == [JobID("7")])
        #expect(cluster.executor.calls["squeue"] == 1)
    }

    // MARK: Answers that are lost

    /// The cluster has heard it, whatever the answer was: it is found, and not submitted again.
    @Test(arguments: [
        "echo 'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)' >&2; exit 1",
        "echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2; exit 1",
        "echo 'sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received' >&2; exit 1",
        "echo 'sbatch: error: Batch job submission failed: Unexpected missing socket error' >&2; exit 1",
        "kill -9 $$", "exit 1", "exit 0", "echo 'Your job was submitted'", "echo 7; echo 8", "printf '\\377\\376'",
    ])
    func heardAllTheSame(answer: String) async throws {
        let cluster = try cluster(answer)
        #expect(try await cluster.executor.submit(FakeCluster.group()).map(\.text) == ["7_0", "7_1", "7_2"])
        #expect(cluster.executor.calls["sbatch"] == 1)
    }

    @Test func hangingAndHeard() async throws {
        let cluster = try cluster("sleep 1000", patience: .seconds(6))
        #expect(try await cluster.executor.submit(FakeCluster.group()).map(\.text) == ["7_0", "7_1", "7_2"])
    }

    /// It was not heard: that is an error that may pass, and the next try submits.
    @Test func notHeard() async throws {
        let silent = "[ -e \"$HERE/up\" ] || { echo 'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)' >&2; exit 1; }\n"
        let cluster = try FakeCluster(["sbatch": silent + Self.sbatch + "\necho 7", "squeue": Self.squeue])
        await #expect { try await cluster.executor.submit(FakeCluster.group()) } throws: { ($0 as? ClusterError)?.fault == .unreachable }
        _ = try cluster.folder.write("up", [])
        #expect(try await cluster.executor.submit(FakeCluster.group()).count == 3)
        #expect(cluster.executor.calls["sbatch"] == 2)
    }

    /// Where nobody can be asked whether it is there, nothing is submitted.
    @Test func cannotLook() async throws {
        let cluster = try FakeCluster([
            "sbatch": "echo 7", "squeue": "echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1",
        ])
        await #expect { try await cluster.executor.submit(FakeCluster.group()) } throws: { ($0 as? ClusterError)?.isTransient == true }
        #expect(cluster.executor.calls["sbatch"] == nil)
    }

    /// What the controller has forgotten stands in the accounts.
    @Test func foundInAccounts() async throws {
        let cluster = try FakeCluster([
            "sbatch": "echo 9", "squeue": "exit 0", "sacct": FakeCluster.printing("7_0|COMPLETED|0:0|n1|penstock:F/1/0\n7_1|FAILED|1:0|n1|penstock:F/1/0"),
        ])
        #expect(try await cluster.executor.submit(FakeCluster.group(of: 2)).map(\.text) == ["7_0", "7_1"])
        #expect(try await cluster.executor.submit(FakeCluster.group(1, of: 1)).map(\.text) == ["9"])
        #expect(try await cluster.executor.submit(FakeCluster.group(2, of: 1)).map(\.text) == ["9"])
        #expect(cluster.executor.calls == ["squeue": 3, "sacct": 1, "sbatch": 2])
    }

    // MARK: What it is given

    @Test func options() async throws {
        var options = SlurmOptions()
        options.partition = "gpu,cpu"
        options.qos = "high"
        options.constraint = "a100&ib"
        options.gres = "shard:1"
        options.exclusive = .user
        options.nice = 5
        options.timeLimit = .seconds(3600)
        options.extra = ["--no-requeue"]
        let cluster = try cluster(variables: ["PENSTOCK_SLURM_ACCOUNT": "acc", "PENSTOCK_SLURM_PARTITION": "other"])
        let resources = ComputeResources(cpu: 1.5, memory: 2000, disk: 300, gpu: 2)
        _ = try await cluster.executor.submit(FakeCluster.group(resources: resources, timeLimit: .seconds(90), options: options))
        let call = try #require(cluster.calls.first { $0.hasPrefix("sbatch") })
        for word in [
            "--parsable", "--array=0-2", "--nodes=1", "--cpus-per-task=2", "--mem=2000M", "--tmp=300M", "--gres=gpu:2,shard:1", "--time=0-00:01:30",
            "--partition=gpu,cpu", "--account=acc", "--qos=high", "--constraint=a100&ib", "--exclusive=user", "--nice=5", "--no-requeue", "--chdir=/tmp",
            "--job-name=penstock:F/1/0", "--comment=F/1/train", "--output=/dev/null", "--export=ALL",
        ] { #expect(call.contains("<\(word)>"), "\(word) in \(call)") }
        #expect(try cluster.text("script") == "#!/bin/sh\nPENSTOCK_JOB_INDEX=${SLURM_ARRAY_TASK_ID:-0}\nexport PENSTOCK_JOB_INDEX\nexit 0\n")
    }

    /// A gres that names a gpu stands for their number, and a job alone is no array.
    @Test func gpusByName() async throws {
        var options = SlurmOptions()
        options.gres = "gpu:a100:1"
        let cluster = try cluster()
        _ = try await cluster.executor.submit(FakeCluster.group(of: 1, resources: ComputeResources(gpu: 4), options: options))
        let call = try #require(cluster.calls.first { $0.hasPrefix("sbatch") })
        #expect(call.contains("<--gres=gpu:a100:1>"))
        #expect(!call.contains("--array"))
    }

    /// Values are in no command line and no script, and of the person's variables few come along.
    @Test func variables() async throws {
        let secret = "s3cret'\n$(x)"
        let cluster = try cluster(variables: ["AWS_SECRET_ACCESS_KEY": "mine", "WANTED": "w", "PENSTOCK_SLURM_EXPORT": "WANTED", "SBATCH_WAIT": "1", "SLURM_JOB_ID": "3", "LANG": "C.UTF-8"])
        _ = try await cluster.executor.submit(FakeCluster.group(variables: ["TOKEN": secret]))
        #expect(!cluster.calls.joined().contains("s3cret"))
        #expect(try !cluster.text("script").contains("s3cret"))
        let variables = try cluster.text("env")
        #expect(variables.contains("TOKEN=\(secret)\n"))
        #expect(variables.contains("WANTED=w\n"))
        #expect(variables.contains("LANG=C.UTF-8\n"))
        for name in ["AWS_SECRET", "SBATCH_WAIT", "SLURM_JOB_ID", "LC_ALL", "PENSTOCK_SLURM"] { #expect(!variables.contains(name)) }
    }

    @Test(arguments: ["", "1A", "A-B", "A=B", "SLURM_CONF", "SBATCH_WAIT", "Ä"])
    func noVariable(name: String) async throws {
        let cluster = try cluster()
        await #expect { try await cluster.executor.submit(FakeCluster.group(variables: [name: "x"])) } throws: { ($0 as? ClusterError)?.fault == .refused }
        #expect(cluster.executor.calls == [:])
    }

    @Test func gang() async throws {
        let cluster = try cluster()
        _ = try await cluster.executor.submit(FakeCluster.group(of: 2, isGang: true, script: "echo 'it''s'\n"))
        let call = try #require(cluster.calls.first { $0.hasPrefix("sbatch") })
        for word in ["--nodes=2", "--ntasks-per-node=1", "--job-name=penstock:F/1/0:2"] { #expect(call.contains("<\(word)>")) }
        let script = try cluster.text("script")
        #expect(script.contains("exec srun --ntasks=2 --ntasks-per-node=1 --kill-on-bad-exit=1 --wait=0"))
        #expect(script.contains("PENSTOCK_JOB_INDEX=$SLURM_PROCID"))
        #expect(script.contains(#"echo '\''it'\'''\''s'\''"#))
    }

    /// The folder for what jobs print is made, and a `%` in its name is none of Slurm's.
    @Test func outputFolder() async throws {
        let cluster = try cluster(output: true)
        _ = try await cluster.executor.submit(FakeCluster.group())
        #expect(cluster.calls.contains { $0.contains("/output/%A_%a.out>") })
        #expect(cluster.folder.names().contains("output"))
    }

    // MARK: What is refused

    @Test(arguments: [
        ("Batch job submission failed: Invalid partition name specified", ClusterError.Fault.refused),
        ("Batch job submission failed: Invalid account or account/partition combination specified", .refused),
        ("Batch job submission failed: Requested node configuration is not available", .refused),
        ("Batch job submission failed: Requested time limit is invalid (missing or exceeds some limit)", .refused),
        ("Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)", .unreachable),
        ("Batch job submission failed: Invalid generic resource (gres) specification", .refused),
        ("Batch job submission failed: Access/permission denied", .forbidden),
        ("Batch job submission failed: User's group not permitted to use this partition", .forbidden),
        ("Slurm temporarily unable to accept job, sleeping and retrying\nsbatch: error: Batch job submission failed: Resource temporarily unavailable", .unreachable),
        ("Batch job submission failed: Something that nobody has heard of", .refused),
        ("resolve_ctls_from_dns_srv: res_nsearch error: Unknown host\nsbatch: fatal: Could not establish a configuration source", .notSetUp),
        ("If munged is up, restart with --num-threads=10\nsbatch: error: Munge encode failed: Failed to access \"/x\"", .unreachable),
        ("unrecognized option '--nonsense'\nTry \"sbatch --help\" for more information", .refused),
    ])
    func refused(words: String, fault: ClusterError.Fault) async throws {
        let cluster = try FakeCluster(["sbatch": FakeCluster.complaining("sbatch: error: \(words)"), "squeue": "exit 0"])
        await #expect { try await cluster.executor.submit(FakeCluster.group()) } throws: { error in
            let error = error as? ClusterError
            return error?.fault == fault && error?.message.hasPrefix("cannot submit the jobs of step 'train': ") == true
        }
        #expect(cluster.executor.calls["squeue"] == 1)
    }

    // MARK: Limits

    @Test(arguments: [
        ("MaxArraySize            = 1001", 1000), ("MaxArraySize            = 100", 100), ("MaxArraySize = 0", 1),
        ("MaxArraySize            = 1001\nSchedulerParameters     = bf_interval=1,max_array_tasks=50", 50),
    ] as [(String, Int)])
    func limits(text: String, limit: Int) async throws {
        let cluster = try FakeCluster(["scontrol": FakeCluster.printing("Configuration data as of 2026\n\(text)\n")])
        #expect(try await cluster.executor.groupLimit == limit)
        #expect(try await cluster.executor.groupLimit == limit)
        #expect(cluster.executor.calls == ["scontrol": 1])
    }

    @Test func noLimits() async throws {
        let cluster = try FakeCluster(["scontrol": "echo nonsense"])
        await #expect { try await cluster.executor.groupLimit } throws: { ($0 as? ClusterError)?.fault == .garbled }
    }
}
