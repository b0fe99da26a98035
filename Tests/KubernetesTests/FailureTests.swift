import Clusters
import FlowModel
import Foundation
import Kubernetes
import SystemPackage
import TestSupport
import Testing

@Suite struct FailureTests {
    private let folder: TemporaryFolder
    private let api: FakeAPI
    private let group = ManifestCases.group("F", "s", ["s/1/0"])

    init() async throws {
        folder = try TemporaryFolder()
        api = try await FakeAPI()
    }

    private func error(_ reply: LoopbackServer.Reply, times: Int = 1) async throws -> ClusterError {
        for _ in 0..<times { api.next("POST", "/jobs", reply) }
        let executor = KubernetesExecutor(environment: try api.kubeconfig(folder))
        return try await #require(throws: ClusterError.self) { _ = try await executor.submit(group) }
    }

    @Test func whatIsForbiddenIsNamed() async throws {
        let error = try await error(FakeAPI.failure(403, "Forbidden", "jobs.batch is forbidden: User \"ada\" cannot create"))
        #expect(error.fault == .forbidden && !error.isTransient)
        #expect(error.message.contains("create jobs.batch in the namespace 'default'"), "\(error.message)")
        #expect(error.help?.contains("docs/kubernetes.md") == true)
    }

    @Test(arguments: [
        (403, "exceeded quota: pods", ClusterError.Fault.refused), (404, "namespaces \"x\" not found", .refused), (422, "Invalid", .refused),
        (401, "Unauthorized", .forbidden), (500, "etcd", .unreachable), (503, "unavailable", .unreachable), (302, "moved", .garbled),
    ])
    func statusesMean(_ row: (status: Int, message: String, fault: ClusterError.Fault)) async throws {
        let error = try await error(FakeAPI.failure(row.status, "Reason", row.message))
        #expect(error.fault == row.fault && error.details == [row.message], "\(error)")
    }

    @Test(arguments: ["<html>log in</html>", "", "[]", "{\"metadata\": 3}"])
    func garbageIsToldAsSuch(_ text: String) async throws {
        let error = try await error(LoopbackServer.Reply(200, [], Array(text.utf8)))
        #expect(error.fault == .garbled && error.isTransient, "\(error)")
    }

    @Test(arguments: ["<html>log in</html>", "{}", #"{"metadata": {}, "items": [{"metadata": 3}]}"#, #"{"metadata": {"continue": 3}}"#])
    func garbageInListsIsToldAsSuch(_ text: String) async throws {
        let executor = KubernetesExecutor(environment: try api.kubeconfig(folder))
        let ids = try await executor.submit(group)
        api.next("GET", "/pods", LoopbackServer.Reply(200, [], Array(text.utf8)))
        let error = try await #require(throws: ClusterError.self) { _ = try await executor.poll(ids) }
        #expect(error.fault == .garbled)
        // The next question is answered.
        #expect(try await executor.poll(ids) == [ids[0]: .pending(reason: nil)])
    }

    @Test func aCutAnswerIsAPassingFault() async throws {
        var reply = LoopbackServer.Reply(201, [], Array(#"{"metadata": {}}"#.utf8))
        reply.delivery = .cutOff(after: 5)
        let error = try await error(reply)
        #expect(error.isTransient, "\(error)")
    }

    @Test func laterIsTriedLater() async throws {
        api.next("POST", "/jobs", FakeAPI.failure(429, "TooManyRequests", "slow down", [("Retry-After", "0")]))
        api.next("POST", "/jobs", FakeAPI.failure(503, "ServiceUnavailable", "starting", [("Retry-After", "0")]))
        let executor = KubernetesExecutor(environment: try api.kubeconfig(folder))
        #expect(try await executor.submit(group).count == 1)
        #expect(api.requests("POST", "/jobs").count == 3)
    }

    @Test func whatStaysBusyIsToldAtLast() async throws {
        let error = try await error(FakeAPI.failure(429, "TooManyRequests", "slow down", [("Retry-After", "0")]), times: 20)
        #expect(error.fault == .unreachable)
        #expect(api.requests("POST", "/jobs").count == 6)
    }

    @Test func noClusterThereIsSaid() async throws {
        let closed = try ClosedPort()
        let path = try folder.write(
            "config",
            Array(
                """
                current-context: c
                contexts: [{name: c, context: {cluster: k}}]
                clusters: [{name: k, cluster: {server: "http://127.0.0.1:\(closed.port)"}}]
                """.utf8))
        let executor = KubernetesExecutor(environment: ["KUBECONFIG": path.string])
        let error = try await #require(throws: ClusterError.self) { _ = try await executor.submit(group) }
        #expect(error.fault == .unreachable && error.message.contains("127.0.0.1:\(closed.port)"), "\(error)")
    }
}
