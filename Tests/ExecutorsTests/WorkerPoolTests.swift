import Executors
import FlowModel
import Foundation
import Glibc
import Testing
import WorkerProtocol

/// What the pool does when a host is not one.
@Suite struct WorkerPoolTests {
    private final class Witness: WorkerPoolDelegate {
        let loop: EventLoop
        var failures: [HostFailure] = []
        var endings: [(AttemptName, ProcessEnding)] = []
        let expected: Int

        init(_ loop: EventLoop, expecting expected: Int) {
            self.loop = loop
            self.expected = expected
        }

        private func look() {
            if failures.count + endings.count >= expected || couldNotStart != nil { loop.stop() }
        }

        /// Why the host's process was not made.
        var couldNotStart: String? {
            endings.lazy.compactMap { if case .notStarted(let reason) = $0.1 { reason } else { nil } }.first
        }

        func host(_ key: HostKey, configured flow: ConfiguredFlow) {}
        func host(_ key: HostKey, saidHello hello: HostHello) {}
        func host(_ key: HostKey, failed failure: HostFailure) {
            failures.append(failure)
            look()
        }
        func attempt(_ key: AttemptName, said message: TaskMessage, payload: Data, descriptor: Int32?) {}
        func attempt(_ key: AttemptName, wrote bytes: UnsafeRawBufferPointer, to stream: Executors::OutputStream) {}
        func attempt(_ key: AttemptName, ended ending: ProcessEnding, exited: Exited?) {
            endings.append((key, ending))
            look()
        }
    }

    private static let name = AttemptName(step: "start", task: "1", attempt: 0)

    /// While another test forks, the script may look as if it were still being written ("Text file busy").
    private func run(_ script: String, expecting count: Int) throws -> Witness {
        for _ in 0..<100 {
            let witness = try runOnce(script, expecting: count)
            guard let reason = witness.couldNotStart, reason.contains("busy") else { return witness }
        }
        return try runOnce(script, expecting: count)
    }

    private func runOnce(_ script: String, expecting count: Int) throws -> Witness {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("pool-\(UUID().uuidString).sh")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: file)
        chmod(file.path, 0o755)
        defer { try? FileManager.default.removeItem(at: file) }
        let loop = try EventLoop()
        let pool = WorkerPool(loop: loop)
        let witness = Witness(loop, expecting: count)
        pool.delegate = witness
        let key = HostKey("test")
        pool.setCommandLine(
            HostCommandLine(python: file.path, entry: "x", flowFile: "y", environment: ["PATH": "/usr/bin:/bin"]), for: key)
        pool.launch(Self.name, on: key, environment: [:])
        loop.after(.seconds(60)) { loop.stop() }
        loop.run()
        pool.shutDown()
        return witness
    }

    @Test func aHostThatEndsAtOnceFailsItsAttempts() throws {
        let witness = try run("exit 3", expecting: 2)
        guard case .endedEarly = witness.failures.first, case .hostLost = witness.endings.first?.1 else {
            Issue.record("\(witness.failures) \(witness.endings)")
            return
        }
        #expect(witness.endings.first?.0 == Self.name)
    }

    @Test func aHostThatTalksNonsenseIsRefused() throws {
        let witness = try run("echo hello from a shell >&3; sleep 60", expecting: 2)
        guard case .protocolBroken = witness.failures.first else {
            Issue.record("\(witness.failures)")
            return
        }
    }

    @Test func aHostOfAnotherVersionIsRefused() throws {
        let header = #"{"type":"hello","protocol":2}"#
        let length = String(header.utf8.count + 4, radix: 8)
        let inner = String(header.utf8.count, radix: 8)
        let witness = try run(
            #"printf '\000\000\000\\#(length)\000\000\000\\#(inner)%s' '\#(header)' >&3; sleep 60"#, expecting: 2)
        guard case .protocolBroken(let reason) = witness.failures.first else {
            Issue.record("\(witness.failures)")
            return
        }
        #expect(reason.contains("version"))
    }

    @Test func aHostThatCannotBeStartedFailsTheAttempt() throws {
        let loop = try EventLoop()
        let pool = WorkerPool(loop: loop)
        let witness = Witness(loop, expecting: 1)
        pool.delegate = witness
        pool.setCommandLine(
            HostCommandLine(python: "/nonexistent/python", entry: "x", flowFile: "y", environment: [:]), for: HostKey("none"))
        pool.launch(Self.name, on: HostKey("none"), environment: [:])
        loop.run()
        guard case .notStarted(let reason) = witness.endings.first?.1 else {
            Issue.record("\(witness.endings)")
            return
        }
        #expect(reason.contains("/nonexistent/python"))
    }
}
