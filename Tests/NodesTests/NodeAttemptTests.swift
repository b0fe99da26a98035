import Archives
import Executors
import Glibc
import Nodes
import ObjectStores
import Remotes
import SystemPackage
import TestSupport
import Testing

/// Attempts whose Python does not even start.
@Suite(.serialized) struct NodeAttemptTests {
    /// Runs an attempt with a program in place of a Python, on a thread of its own, and gives its report.
    private func report(of program: String) async throws -> AttemptReport {
        let store = try StoreInFolder()
        let python = try store.folder.writeProgram("python", program)
        let remote = RemoteStore(.folder(store.objects.root), objects: store.objects)
        let job = NodeJob(remote: remote, layout: OrderSamples.key, index: 0, group: OrderSamples.group(), order: OrderSamples.attempt(1))
        let cache = try NodeCache(root: store.folder.path.appending("cache"))
        let folder = try cache.makeTaskFolder()
        let outcome = try await BlockingWork.runApart {
            let commandLine = HostCommandLine(python: python.string, entry: "worker", flowFile: "flow.py", environment: ["PATH": "/usr/bin:/bin"])
            let workers = try NodeWorkers(commandLine, nil, folder: folder)
            let attempt = NodeAttempt(job, blobs: NodeBlobs([], in: remote.objects, cache: cache), workers: workers, folder: folder, notes: ["a note"])
            let outcome = attempt.run()
            workers.end()
            guard case .ended(let report, _) = outcome else { return AttemptReport?.none }
            return report
        }
        return try #require(outcome)
    }

    @Test func itSaysWhy() async throws {
        let report = try await report(of: "#!/bin/sh\necho 'a library is missing here' >&2\nexit 127\n")
        #expect(report.ending.failure?.contains("ended on the node before it had loaded the flow") == true)
        #expect(report.output.map { String(decoding: $0.bytes, as: UTF8.self) }.joined() == "a note\na library is missing here\n")
        #expect(report.result == nil && report.pieces == 0 && !report.node.isEmpty)
    }

    @Test func itIsNoProgram() async throws {
        let report = try await report(of: "no program")
        #expect(report.ending.failure?.contains("No process could be started") == true, "\(report.ending)")
    }
}
