import Clusters
import FlowModel
import Foundation
import Kubernetes
import TestSupport
import Testing

@Suite struct WatchTests {
    private let folder: TemporaryFolder
    private let api: FakeAPI
    private let executor: KubernetesExecutor

    init() async throws {
        folder = try TemporaryFolder()
        api = try await FakeAPI()
        executor = KubernetesExecutor(environment: try api.kubeconfig(folder))
    }

    private func submitted() async throws -> JobID {
        try await executor.submit(ManifestCases.group("F", "s", ["s/1/0"]))[0]
    }

    private func becomes(_ id: JobID, _ state: JobState) async throws -> Bool {
        try await eventually { try await executor.poll([id])[id] == state }
    }

    @Test func oneListIsEnough() async throws {
        let id = try await submitted()
        #expect(try await executor.poll([id]) == [id: .pending(reason: nil)])
        api.put("pods", Pods.pod(of: id, phase: "Running", spec: #"{"nodeName": "a"}"#))
        #expect(try await becomes(id, .running(node: "a")))
        api.put("pods", Pods.pod(of: id, phase: "Succeeded"))
        #expect(try await becomes(id, .ended(JobEnding(.completed))))
        #expect(api.requests("GET", "/pods").count == 1 && api.requests("GET", "/jobs").count == 1)
        let watch = try #require(api.requests("GET", "/pods", watch: true).first)
        #expect(watch.query.contains("allowWatchBookmarks=true"))
        #expect(watch.query.contains("labelSelector=app.kubernetes.io%2Fmanaged-by%3Dpenstock%2Cpenstock%2Frun-key%3D"))
    }

    @Test func watchesGoOnWhereTheyEnded() async throws {
        let id = try await submitted()
        _ = try await executor.poll([id])
        api.put("pods", Pods.pod(of: id, phase: "Running"))
        #expect(try await becomes(id, .running(node: nil)))
        // Bookmarks move the place along, too.
        let isLater = try await eventually {
            let places = api.requests("GET", "/pods", watch: true).compactMap { request in
                request.query.split(separator: "&").first { $0.hasPrefix("resourceVersion=") }.flatMap { Int($0.dropFirst(16)) }
            }
            return places.count >= 2 && places.last.map { $0 > (places.first ?? 0) } == true
        }
        #expect(isLater)
        #expect(api.requests("GET", "/pods").count == 1)
    }

    @Test func whatIsTooOldIsListedAnew() async throws {
        let id = try await submitted()
        _ = try await executor.poll([id])
        api.put("pods", Pods.pod(of: id, phase: "Running"))
        api.forgetTheBeginning()
        #expect(try await becomes(id, .running(node: nil)))
        #expect(api.requests("GET", "/pods").count >= 2)
    }

    @Test func aConnectionThatBreaksIsTakenUp() async throws {
        let id = try await submitted()
        let line = FakeAPI.line("MODIFIED", Pods.pod(of: id, phase: "Running"))
        var reply = LoopbackServer.Reply(200, [], Array((line + line).utf8))
        // After one event and half another.
        reply.delivery = .cutOff(after: line.utf8.count + 20)
        api.next("GET", "/pods", watch: true, reply)
        _ = try await executor.poll([id])
        #expect(try await becomes(id, .running(node: nil)))
        api.put("pods", Pods.pod(of: id, phase: "Succeeded"))
        #expect(try await becomes(id, .ended(JobEnding(.completed))))
        #expect(api.requests("GET", "/pods").count == 1)
    }

    @Test(arguments: [
        "not json\n", "{}\n", #"{"type": "ADDED", "object": {"metadata": {"name": 3}}}"# + "\n",
        #"{"type": "ERROR", "object": {"code": 500}}"# + "\n",
    ])
    func garbageIsAnsweredWithAList(_ text: String) async throws {
        let id = try await submitted()
        api.next("GET", "/pods", watch: true, LoopbackServer.Reply(200, [], Array(text.utf8)))
        _ = try await executor.poll([id])
        api.put("pods", Pods.pod(of: id, phase: "Running"))
        #expect(try await becomes(id, .running(node: nil)))
    }

    @Test func whoMayNotWatchLists() async throws {
        let id = try await submitted()
        for _ in 0..<100 { api.next("GET", "/pods", watch: true, FakeAPI.failure(403, "Forbidden", "no watch")) }
        _ = try await executor.poll([id])
        api.put("pods", Pods.pod(of: id, phase: "Running"))
        #expect(try await becomes(id, .running(node: nil)))
    }

    @Test func listsComeInPages() async throws {
        let ids = try await executor.submit(ManifestCases.group("F", "s", (0..<7).map { "s/\($0)/0" }))
        for id in ids { api.put("pods", Pods.pod(of: id, phase: "Running")) }
        api.setPageSize(2)
        #expect(try await executor.poll(ids).values.allSatisfy { $0 == .running(node: nil) })
        #expect(api.requests("GET", "/pods").count == 4)
    }

    @Test func theNewestPodOfAJobCounts() async throws {
        let id = try await submitted()
        api.put(
            "pods",
            Pods.pod(
                of: id, phase: "Running", metadata: #"{"creationTimestamp": "2026-01-01T00:00:02Z"}"#, spec: #"{"nodeName": "new"}"#,
                suffix: "b"))
        api.put(
            "pods",
            Pods.pod(
                of: id, phase: "Running", metadata: #"{"creationTimestamp": "2026-01-01T00:00:01Z"}"#, spec: #"{"nodeName": "old"}"#,
                suffix: "a"))
        #expect(try await executor.poll([id]) == [id: .running(node: "new")])
    }

    @Test func whatEndedStaysSoWhenItsPodIsGone() async throws {
        let id = try await submitted()
        api.put("pods", Pods.pod(of: id, phase: "Succeeded"))
        #expect(try await executor.poll([id]) == [id: .ended(JobEnding(.completed))])
        api.remove("pods", api.names("pods")[0])
        api.remove("jobs", api.names("jobs")[0])
        api.forgetTheBeginning()
        for _ in 0..<3 { #expect(try await executor.poll([id]) == [id: .ended(JobEnding(.completed))]) }
    }

    @Test func aDeletedJobIsUnknown() async throws {
        let id = try await submitted()
        #expect(try await executor.poll([id]) == [id: .pending(reason: nil)])
        api.remove("jobs", api.names("jobs")[0])
        #expect(try await becomes(id, .unknown))
    }
}
