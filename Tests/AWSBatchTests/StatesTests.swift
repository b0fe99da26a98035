import AWSBatch
import Clusters
import FlowModel
import TestSupport
import Testing

/// What Batch's words mean.
@Suite struct StatesTests {
    private static func container(_ members: [String: JSONValue]) -> JSONValue { .object(members) }

    @Test(arguments: [
        ("SUBMITTED", [:], .pending(reason: "SUBMITTED")), ("PENDING", [:], .pending(reason: "PENDING")),
        ("RUNNABLE", ["statusReason": .string("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - none is large enough")],
            .pending(reason: "RUNNABLE: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - none is large enough")),
        ("STARTING", [:], .pending(reason: "STARTING")),
        ("RUNNING", ["container": container(["containerInstanceArn": .string("arn:aws:ecs:r:1:container-instance/c/abc")])], .running(node: "abc")),
        ("RUNNING", ["container": container(["networkInterfaces": .array([.object(["privateIpv4Address": .string("10.0.0.7")])])])],
            .running(node: "10.0.0.7")),
        ("SUCCEEDED", ["container": container(["exitCode": .integer(0)])], .ended(JobEnding(.completed))),
        ("SOMETHING", [:], .unknown),
    ] as [(String, [String: JSONValue], JobState)])
    func states(status: String, details: [String: JSONValue], state: JobState) async throws {
        #expect(try await polled(status, details) == state)
    }

    /// The reason of the job, that of its container, its exit code, and whether it had begun.
    @Test(arguments: [
        ("Essential container in task exited", nil, 1, true, .exited(code: 1)),
        ("Essential container in task exited", nil, 93, true, .exited(code: 93)),
        ("Essential container in task exited", "OutOfMemoryError: Container killed due to memory usage", 137, true, .outOfMemory),
        ("Essential container in task exited", nil, 137, true, .signalled(9)),
        ("Essential container in task exited", nil, 143, true, .signalled(15)),
        ("Host EC2 (instance i-0123456789abcdef0) terminated.", nil, nil, true, .nodeFailed),
        ("Your Spot Task was interrupted.", nil, 137, true, .preempted),
        ("Job attempt duration exceeded timeout", nil, 137, true, .timeLimit),
        ("Task failed to start", "CannotPullContainerError: Error response from daemon: manifest unknown", nil, false, .notStarted),
        ("ResourceInitializationError: unable to pull secrets", nil, nil, false, .notStarted),
        ("Container Overrides length must be at most 8192", nil, nil, false, .notStarted),
        ("Task failed to start", "DockerTimeoutError: Could not transition to created; timed out", nil, false, .nodeFailed),
        ("ended by Penstock", nil, 137, true, .cancelled),
        (nil, nil, nil, false, .notStarted), (nil, nil, nil, true, .nodeFailed),
    ] as [(String?, String?, Int?, Bool, JobEnding.Cause)])
    func endings(reason: String?, container: String?, code: Int?, hasBegun: Bool, cause: JobEnding.Cause) async throws {
        var inside: [String: JSONValue] = [:]
        inside["reason"] = container.map(JSONValue.string)
        inside["exitCode"] = code.map { .integer($0) }
        var details: [String: JSONValue] = ["container": .object(inside)]
        details["statusReason"] = reason.map(JSONValue.string)
        if hasBegun { details["startedAt"] = .integer(1_700_000_001_000) }
        let words = [reason, container].compactMap { $0 }.joined(separator: "; ")
        let expected = JobEnding(cause, message: words.isEmpty ? nil : words)
        #expect(try await polled("FAILED", details) == .ended(expected))
        // The last attempt says the same where the job itself says nothing.
        details["attempts"] = .array([.object(["container": .object(["exitCode": .integer(77)])]), .object(["container": .object(inside)])])
        details["container"] = nil
        #expect(try await polled("FAILED", details) == .ended(expected))
    }

    @Test(arguments: ["isTerminated", "isCancelled"])
    func whatThePersonEnds(flag: String) async throws {
        let state = try await polled("FAILED", [flag: .bool(true), "statusReason": .string("no longer needed")])
        #expect(state == .ended(JobEnding(.cancelled, message: "no longer needed")))
    }

    @Test func manyJobsTakeFewCalls() async throws {
        let batch = try await PlayedBatch()
        let executor = try batch.executor()
        let ids = try await executor.submit(.played(250))
        let unknown = JobID("11111111-0000-0000-0000-000000000000")
        let states = try await executor.poll(ids + [unknown])
        #expect(batch.calls("describejobs") == 3)
        #expect(states.count == 251)
        #expect(states[unknown] == .unknown)
        #expect(ids.allSatisfy { states[$0] == .pending(reason: "SUBMITTED") })
        #expect(try await executor.poll([]) == [:])
        #expect(batch.calls("describejobs") == 3)
    }

    @Test func jobsThatHaveEndedAreNotListed() async throws {
        let batch = try await PlayedBatch()
        let executor = try batch.executor()
        let ids = try await executor.submit(.played(4))
        batch.change { state in
            for (place, status) in ["RUNNING", "SUCCEEDED", "FAILED", "RUNNABLE"].enumerated() {
                guard let job = state.jobs.firstIndex(where: { $0.id == ids[place].text }) else { continue }
                state.jobs[job].status = status
            }
        }
        let found = try await executor.jobs(of: "TrainFlow/1763900000000000")
        #expect(found.map(\.index) == [0, 3])
        #expect(found.map(\.state) == [.running(node: nil), .pending(reason: "RUNNABLE")])
    }

    @Test func jobsAreEnded() async throws {
        let batch = try await PlayedBatch()
        let executor = try batch.executor()
        let ids = try await executor.submit(.played(30))
        batch.change { $0.jobs[3].status = "SUCCEEDED" }
        let done = JobID(batch.jobs[3].id)
        try await executor.cancel(ids + ids + [JobID("11111111-0000-0000-0000-000000000000")])
        #expect(batch.calls("terminatejob") == 31)
        let states = try await executor.poll(ids)
        #expect(states[done] == .ended(JobEnding(.completed)))
        for (id, state) in states where id != done { #expect(state == .ended(JobEnding(.cancelled, message: "ended by Penstock"))) }
        try await executor.cancel([])
        #expect(batch.calls("terminatejob") == 31)
    }

    @Test func whatAPersonWantsToKnow() async throws {
        let batch = try await PlayedBatch()
        let executor = try batch.executor()
        let id = try await executor.submit(.played())[0]
        batch.change { state in
            state.jobs[0].status = "RUNNING"
            state.jobs[0].details = [
                "jobQueue": .string("arn:queue"), "startedAt": .integer(1_700_000_005_000),
                "container": .object([
                    "image": .string("python:3.11"), "logStreamName": .string("penstock/default/1"),
                    "resourceRequirements": .array([.object(["type": .string("VCPU"), "value": .string("2")])]),
                ]),
            ]
        }
        #expect(
            try await executor.describe(id) == [
                "job: \(batch.jobs[0].name) (\(id))", "state: RUNNING", "queue: arn:queue", "image: python:3.11", "resources: 2 VCPU",
                "submitted: 2023-11-14 22:13:20 UTC", "started: 2023-11-14 22:13:25 UTC", "log stream: penstock/default/1",
            ])
        let lost = JobID("11111111-0000-0000-0000-000000000000")
        #expect(try await executor.describe(lost) == ["AWS Batch does not know the job \(lost) (any more)"])
    }

    private func polled(_ status: String, _ details: [String: JSONValue]) async throws -> JobState? {
        let batch = try await PlayedBatch()
        let executor = try batch.executor()
        let id = try await executor.submit(.played())[0]
        batch.change { state in
            state.jobs[0].status = status
            state.jobs[0].details = details
        }
        return try await executor.poll([id])[id]
    }
}
