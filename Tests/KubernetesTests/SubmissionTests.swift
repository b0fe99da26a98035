import Clusters
import FlowModel
import Foundation
import Kubernetes
import TestSupport
import Testing

@Suite struct SubmissionTests {
    private let folder: TemporaryFolder
    private let api: FakeAPI
    private let executor: KubernetesExecutor

    init() async throws {
        folder = try TemporaryFolder()
        api = try await FakeAPI()
        executor = KubernetesExecutor(environment: try api.kubeconfig(folder))
    }

    private let group = ManifestCases.group("F", "s", ["s/1/0", "s/2/0", "s/3/0"], variables: ["TOKEN": "hush"])

    @Test func everyAttemptIsAJobInOrder() async throws {
        let ids = try await executor.submit(group)
        #expect(ids.count == 3)
        #expect(ids.map { String($0.text.suffix(3)) } == ["7-0", "7-1", "7-2"])
        #expect(ids.allSatisfy { $0.text.hasPrefix("default/f-s-") })
        #expect(api.names("jobs").count == 3 && api.names("secrets").count == 1)
        let patch = try #require(api.requests("PATCH", api.names("secrets")[0]).first)
        let owners = try JSONValue(json: String(decoding: patch.body, as: UTF8.self))["metadata"]?["ownerReferences"]
        guard case .array(let list)? = owners else { return #expect(Bool(false), "no owners") }
        #expect(Set(list.compactMap { $0["name"]?.text }) == Set(api.names("jobs")))
        #expect(api.requests.allSatisfy { $0.header("Authorization") == "Bearer abc" })
    }

    @Test func aKeyIsSubmittedOnce() async throws {
        let first = try await executor.submit(group)
        let again = KubernetesExecutor(environment: try api.kubeconfig(folder))
        #expect(try await again.submit(group) == first)
        #expect(api.names("jobs").count == 3)
        // Pods that have not started get the newer variables.
        let renewed = api.requests("PATCH", api.names("secrets")[0]).contains { String(decoding: $0.body, as: UTF8.self).contains("stringData") }
        #expect(renewed)
    }

    @Test func halfASubmissionIsCompleted() async throws {
        let first = try await executor.submit(group)
        api.remove("jobs", String(first[1].text.dropFirst("default/".count)))
        #expect(try await executor.submit(group) == first)
        #expect(api.names("jobs").count == 3)
    }

    @Test func whatIsThereForSomeoneElseIsNotTaken() async throws {
        let ids = try await executor.submit(group)
        let name = String(ids[0].text.dropFirst("default/".count))
        api.remove("jobs", name)
        api.put("jobs", .object(["metadata": .object(["name": .string(name)])]))
        let error = try await #require(throws: ClusterError.self) { _ = try await executor.submit(group) }
        #expect(error.fault == .refused && error.message.contains(name), "\(error)")
    }

    @Test func whatIsRefusedIsTakenAwayAgain() async throws {
        // One of the three, whichever comes first, is refused.
        api.next("POST", "/jobs", FakeAPI.failure(422, "Invalid", "spec.template: Invalid value"))
        let error = try await #require(throws: ClusterError.self) { _ = try await executor.submit(group) }
        #expect(error.fault == .refused && error.details == ["spec.template: Invalid value"])
        #expect(api.names("jobs").isEmpty && api.names("secrets").isEmpty)
    }

    @Test func aGangIsOneJobWithAService() async throws {
        let gang = ManifestCases.group("F", "s", ["s/1/0", "s/2/0"], isGang: true)
        let ids = try await executor.submit(gang)
        #expect(ids.map { String($0.text.suffix(3)) } == ["g/0", "g/1"])
        #expect(api.names("jobs").count == 1 && api.names("services").count == 1)
        let service = try #require(api.object("services", api.names("services")[0]))
        #expect(service["metadata"]?["ownerReferences"]?.json.contains(api.names("jobs")[0]) == true)
    }

    @Test func cancellingDeletesAndForgetsNothing() async throws {
        let ids = try await executor.submit(group)
        _ = try await executor.poll(ids)
        try await executor.cancel([ids[0], ids[1], JobID("default/not-there-0123456789ab-1-1"), JobID("nonsense")])
        #expect(api.names("jobs").count == 1)
        let bodies = api.requests.filter { $0.method == "DELETE" }.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.allSatisfy { $0.contains(#""propagationPolicy":"Background""#) })
        let isOver = try await eventually {
            try await executor.poll(ids)[ids[0]] == .ended(JobEnding(.cancelled))
        }
        #expect(isOver)
        #expect(try await executor.poll(ids)[ids[2]] == .pending(reason: nil))
    }

    @Test func openJobsOfARunAreFound() async throws {
        let ids = try await executor.submit(group)
        let other = KubernetesExecutor(environment: try api.kubeconfig(folder))
        let found = try await other.jobs(of: group.key.run)
        #expect(found.map(\.id) == ids && found.map(\.index) == [0, 1, 2])
        #expect(found.allSatisfy { $0.group == group.key })
    }

    @Test func secretsOfAnEngineBeforeGoWithTheRun() async throws {
        let ids = try await executor.submit(group)
        let heir = KubernetesExecutor(environment: try api.kubeconfig(folder))
        _ = try await heir.poll(ids)
        await heir.runIsOver("F/another")
        #expect(api.names("secrets").count == 1)
        await heir.runIsOver(group.key.run)
        #expect(api.names("secrets").isEmpty && api.names("jobs").count == 3)
    }

    @Test func secretsGoWhenTheirGroupIsOver() async throws {
        let ids = try await executor.submit(group)
        #expect(api.names("secrets").count == 1)
        for id in ids { api.put("pods", Pods.pod(of: id, phase: "Succeeded")) }
        let isGone = try await eventually {
            _ = try await executor.poll(ids)
            return api.names("secrets").isEmpty
        }
        #expect(isGone)
    }
}
