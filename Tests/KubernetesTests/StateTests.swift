import Clusters
import FlowModel
import Foundation
import Kubernetes
import TestSupport
import Testing

@Suite struct StateTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var phase: String
        var status = "{}"
        var metadata = "{}"
        var spec = #"{"nodeName": "node-1"}"#
        var state: JobState

        var testDescription: String { name }
    }

    private static func terminated(_ members: String) -> String {
        #"{"containerStatuses": [{"state": {"terminated": {\#(members)}}}]}"#
    }

    private static func waiting(_ reason: String, _ message: String) -> String {
        #"{"containerStatuses": [{"state": {"waiting": {"reason": "\#(reason)", "message": "\#(message)"}}}]}"#
    }

    private static func target(_ reason: String) -> String {
        #"{"conditions": [{"type": "DisruptionTarget", "status": "True", "reason": "\#(reason)", "message": "why"}]}"#
    }

    static let rows: [Row] = [
        Row(name: "just made", phase: "Pending", spec: "{}", state: .pending(reason: nil)),
        Row(
            name: "no room", phase: "Pending",
            status: #"{"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/2 nodes are available"}]}"#,
            spec: "{}", state: .pending(reason: "Unschedulable: 0/2 nodes are available")),
        Row(
            name: "being made", phase: "Pending", status: #"{"containerStatuses": [{"state": {"waiting": {"reason": "ContainerCreating"}}}]}"#,
            state: .pending(reason: "ContainerCreating")),
        Row(
            name: "image not there yet", phase: "Pending", status: waiting("ImagePullBackOff", "Back-off"),
            state: .pending(reason: "the image 'registry.example/base:1' cannot be pulled (ImagePullBackOff: Back-off)")),
        Row(
            name: "no image", phase: "Pending", status: waiting("InvalidImageName", "bad"),
            state: .ended(
                JobEnding(.notStarted, message: "the image 'registry.example/base:1' cannot be pulled (InvalidImageName: bad)"))),
        Row(
            name: "no secret yet", phase: "Pending", status: waiting("CreateContainerConfigError", "secret not found"),
            state: .pending(reason: "the container cannot be made (CreateContainerConfigError: secret not found)")),
        Row(name: "running", phase: "Running", state: .running(node: "node-1")),
        Row(name: "node silent", phase: "Unknown", state: .running(node: "node-1")),
        Row(
            name: "node lost", phase: "Running", status: target("DeletionByTaintManager"),
            metadata: #"{"deletionTimestamp": "2026-01-01T00:00:00Z"}"#, state: .ended(JobEnding(.nodeFailed, node: "node-1", message: "why"))),
        Row(name: "leaving", phase: "Running", metadata: #"{"deletionTimestamp": "2026-01-01T00:00:00Z"}"#, state: .running(node: "node-1")),
        Row(name: "done", phase: "Succeeded", state: .ended(JobEnding(.completed, node: "node-1"))),
        Row(
            name: "code", phase: "Failed", status: terminated(#""exitCode": 92, "reason": "Error", "message": "no engine\n""#),
            state: .ended(JobEnding(.exited(code: 92), node: "node-1", message: "no engine"))),
        Row(
            name: "out of memory", phase: "Failed", status: terminated(#""exitCode": 137, "reason": "OOMKilled""#),
            state: .ended(JobEnding(.outOfMemory, node: "node-1"))),
        Row(
            name: "signal", phase: "Failed", status: terminated(#""exitCode": 139, "reason": "Error""#),
            state: .ended(JobEnding(.signalled(11), node: "node-1"))),
        Row(
            name: "no shell", phase: "Failed", status: terminated(#""exitCode": 128, "reason": "StartError", "message": "no such file: sh""#),
            state: .ended(JobEnding(.notStarted, node: "node-1", message: "no such file: sh"))),
        Row(
            name: "evicted", phase: "Failed", status: #"{"reason": "Evicted", "message": "low on ephemeral-storage"}"#,
            state: .ended(JobEnding(.evicted, node: "node-1", message: "low on ephemeral-storage"))),
        Row(
            name: "time", phase: "Failed", status: #"{"reason": "DeadlineExceeded", "message": "longer than deadline"}"#,
            state: .ended(JobEnding(.timeLimit, node: "node-1", message: "longer than deadline"))),
        Row(
            name: "preempted", phase: "Failed", status: target("PreemptionByScheduler"),
            state: .ended(JobEnding(.preempted, node: "node-1", message: "why"))),
        Row(
            name: "drained", phase: "Failed", status: target("EvictionByEvictionAPI"),
            state: .ended(JobEnding(.evicted, node: "node-1", message: "why"))),
        Row(
            name: "collected", phase: "Failed", status: target("DeletionByPodGC"),
            state: .ended(JobEnding(.nodeFailed, node: "node-1", message: "why"))),
        Row(
            name: "shut down", phase: "Failed", status: #"{"reason": "Terminated", "message": "node shutdown"}"#,
            state: .ended(JobEnding(.nodeFailed, node: "node-1", message: "node shutdown"))),
        Row(
            name: "not admitted", phase: "Failed", status: #"{"reason": "OutOfcpu", "message": "no"}"#,
            state: .ended(JobEnding(.nodeFailed, node: "node-1", message: "OutOfcpu: no"))),
        Row(
            name: "deleted by someone", phase: "Failed", status: terminated(#""exitCode": 143, "reason": "Error""#),
            metadata: #"{"deletionTimestamp": "2026-01-01T00:00:00Z"}"#, state: .ended(JobEnding(.cancelled, node: "node-1"))),
        Row(name: "a phase of later", phase: "Hibernating", spec: "{}", state: .pending(reason: nil)),
    ]

    @Test(arguments: rows)
    func podsTellHowJobsFare(_ row: Row) async throws {
        let (folder, api) = (try TemporaryFolder(), try await FakeAPI())
        let executor = KubernetesExecutor(environment: try api.kubeconfig(folder))
        let id = try await executor.submit(ManifestCases.group("F", "s", ["s/1/0"]))[0]
        api.put("pods", Pods.pod(of: id, phase: row.phase, status: row.status, metadata: row.metadata, spec: row.spec))
        #expect(try await executor.poll([id]) == [id: row.state])
    }

    @Test(arguments: [
        (#"{"type": "Failed", "status": "True", "reason": "DeadlineExceeded"}"#, JobState.ended(JobEnding(.timeLimit))),
        (
            #"{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "limit"}"#,
            JobState.ended(JobEnding(.nodeFailed, message: "the pod is gone: limit"))
        ),
        (#"{"type": "Complete", "status": "True"}"#, JobState.ended(JobEnding(.completed))),
        (#"{"type": "Suspended", "status": "True"}"#, JobState.pending(reason: nil)),
    ])
    func jobsTellWherePodsAreGone(_ row: (condition: String, state: JobState)) async throws {
        let (folder, api) = (try TemporaryFolder(), try await FakeAPI())
        let executor = KubernetesExecutor(environment: try api.kubeconfig(folder))
        let id = try await executor.submit(ManifestCases.group("F", "s", ["s/1/0"]))[0]
        let name = String(id.text.dropFirst("default/".count))
        guard case .object(var job)? = api.object("jobs", name) else { return #expect(Bool(false), "no job") }
        job["status"] = .object(["conditions": .array([try JSONValue(json: row.condition)])])
        api.put("jobs", .object(job))
        #expect(try await executor.poll([id]) == [id: row.state])
    }

    @Test func whatTheClusterDoesNotKnowIsUnknown() async throws {
        let (folder, api) = (try TemporaryFolder(), try await FakeAPI())
        let executor = KubernetesExecutor(environment: try api.kubeconfig(folder))
        let ids = [JobID("default/f-s-0123456789ab-7-0"), JobID("elsewhere/f-s-0123456789ab-7-0"), JobID("1234_5"), JobID("a/b")]
        #expect(try await executor.poll(ids) == Dictionary(uniqueKeysWithValues: ids.map { ($0, .unknown) }))
    }

    @Test func imagesThatDoNotComeEndAJobAfterAWhile() async throws {
        let (folder, api) = (try TemporaryFolder(), try await FakeAPI())
        let executor = KubernetesExecutor(environment: try api.kubeconfig(folder), patience: .zero)
        let id = try await executor.submit(ManifestCases.group("F", "s", ["s/1/0"]))[0]
        api.put("pods", Pods.pod(of: id, phase: "Pending", status: Self.waiting("ErrImagePull", "denied")))
        let expected = JobState.ended(
            JobEnding(.notStarted, message: "the image 'registry.example/base:1' cannot be pulled (ErrImagePull: denied)"))
        #expect(try await executor.poll([id]) == [id: expected])
        // It does not start after all, and what was said stays.
        #expect(api.names("jobs").isEmpty)
        api.remove("pods", api.names("pods")[0])
        #expect(try await executor.poll([id]) == [id: expected])
    }

    @Test func nodesOfAGangFareByThemselves() async throws {
        let (folder, api) = (try TemporaryFolder(), try await FakeAPI())
        let executor = KubernetesExecutor(environment: try api.kubeconfig(folder))
        let ids = try await executor.submit(ManifestCases.group("F", "s", ["s/1/0", "s/2/0", "s/3/0"], isGang: true))
        api.put("pods", Pods.pod(of: ids[0], phase: "Running", spec: #"{"nodeName": "a"}"#))
        api.put("pods", Pods.pod(of: ids[1], phase: "Failed", status: Self.terminated(#""exitCode": 3"#)))
        let states = try await executor.poll(ids)
        #expect(states[ids[0]] == .running(node: "a"))
        #expect(states[ids[1]] == .ended(JobEnding(.exited(code: 3))))
        #expect(states[ids[2]] == .pending(reason: nil))
    }

    @Test func describingTellsReasonsAndEvents() async throws {
        let (folder, api) = (try TemporaryFolder(), try await FakeAPI())
        let executor = KubernetesExecutor(environment: try api.kubeconfig(folder))
        let id = try await executor.submit(ManifestCases.group("F", "s", ["s/1/0"]))[0]
        api.put("pods", Pods.pod(of: id, phase: "Pending", status: Self.waiting("ErrImagePull", "denied")))
        api.put(
            "events",
            try JSONValue(json: #"{"metadata": {"name": "e"}, "reason": "Failed", "message": "Error: ErrImagePull", "count": 3}"#))
        let lines = try await executor.describe(id)
        #expect(lines.contains("attempt: s/1/0") && lines.contains("image: registry.example/base:1"))
        #expect(lines.contains("event: Failed (3 times): Error: ErrImagePull"), "\(lines)")
        #expect(try await executor.describe(JobID("default/f-s-0123456789ab-7-0")).first?.contains("does not know") == true)
    }
}
