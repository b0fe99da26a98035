import Digests
import FlowModel
import Foundation
import Testing
import WorkerProtocol

@Suite struct MessageTests {
    @Test(arguments: ["host-hello", "host-spawned", "host-exited", "host-refused", "host-spawn-failed"])
    func readsWhatHostsSay(name: String) throws {
        let frame = try GoldenFrames.frame(name)
        let message = try frame.message(HostMessage.self)
        switch message {
        case .hello(let hello):
            #expect(hello.pid == 71)
            #expect(hello.flow.name == "TinyFlow")
            #expect(hello.flow.steps.map(\.name) == ["start", "end"])
            #expect(hello.sdk.spelling == "metaflow")
        case .spawned(let spawned): #expect(spawned.task == "train/3/0" && spawned.pid == 80)
        case .exited(let exited): #expect(exited.signal == 9 && exited.code == nil && exited.peak == 12_345_678)
        case .refused(let refusal): #expect(refusal.headline == "cannot import the flow" && refusal.line == 1)
        case .spawnFailed(let task, let text): #expect(task == "train/3/0" && text == "no more processes")
        }
    }

    @Test func readsWhatTasksSay() throws {
        guard case .artifacts(let items) = try GoldenFrames.frame("task-artifacts").message(TaskMessage.self),
            case .done(let result) = try GoldenFrames.frame("task-done").message(TaskMessage.self),
            case .done(let failed) = try GoldenFrames.frame("task-done-failed").message(TaskMessage.self),
            case .inputs(from: 100, count: 100) = try GoldenFrames.frame("task-inputs").message(TaskMessage.self),
            case .ready(pid: 80) = try GoldenFrames.frame("task-ready").message(TaskMessage.self),
            case .artifactFile(let file) = try GoldenFrames.frame("task-artifact-file").message(TaskMessage.self),
            case .metadata(let facts) = try GoldenFrames.frame("task-metadata").message(TaskMessage.self),
            case .load(let digest) = try GoldenFrames.frame("task-load").message(TaskMessage.self)
        else {
            Issue.record("a golden frame was read as another message")
            return
        }
        #expect(items.map(\.size) == [5, 3, 3])
        #expect(items.map { $0.digest != nil } == [false, false, true])
        #expect(try GoldenFrames.frame("task-artifacts").payload.count == 8)
        #expect(result.transition == .init(targets: ["train"], foreach: "folds", splits: 3, values: ["1", "2", "3"]))
        #expect(failed.exception?.type == "builtins.ValueError" && !failed.ok)
        #expect(file.size == 1_000_000_000 && file.type == "numpy.ndarray")
        #expect(facts.map(\.value) == ["ünï"])
        #expect(digest == SHA256Digest(hashing: "abc"))
    }

    @Test func refusesAnotherVersion() {
        let frame = Frame(header: Data("{\"type\":\"hello\",\"protocol\":2}".utf8))
        #expect {
            try frame.message(HostMessage.self)
        } throws: { error in
            "\(error)".contains("version")
        }
    }

    private static var assignment: TaskAssignmentMessage {
        var message = TaskAssignmentMessage(
            kind: .step, flow: "TinyFlow", run: "1763900000000000", step: "train", task: "5", attempt: 1,
            maxAttempts: 3, username: "me", namespace: "user:me", tags: ["a", "ünï"], staging: "/store/staging",
            inlineLimit: 65536, datastoreRoot: "/store")
        message.frames = [.init(step: "start", variable: "folds", splits: 8, index: 3, value: "3")]
        message.foreachSource = .init(name: "folds", digest: SHA256Digest(hashing: "abc"), size: 12, type: "list")
        message.artifacts = ["alpha": .init(digest: SHA256Digest(hashing: ""), size: 9, type: "float")]
        return message
    }

    /// What the engine says is the same bytes as long as the protocol stays what it is.
    @Test func writesWhatTheEngineSays() throws {
        let digest = SHA256Digest(hashing: "abc")
        let input = JoinInput(
            step: "train", task: "5", index: 0, artifacts: ["x": .init(digest: digest, size: 3, type: "str")])
        let frames: [(String, Frame)] = [
            ("engine-launch", try Frame(HostCommand.launch(Launch(task: "train/5/1", environment: ["A": "ü"])))),
            ("engine-shutdown", try Frame(HostCommand.shutdown)),
            ("engine-task", try Frame(TaskReply.assignment(Self.assignment))),
            ("engine-blob", try Frame(TaskReply.blob(digest: digest, size: 3, inDescriptor: false), payload: Data("abc".utf8))),
            ("engine-blob-file", try Frame(TaskReply.blob(digest: digest, size: 3, inDescriptor: true))),
            ("engine-inputs", try Frame(TaskReply.inputs(from: 0, items: [input]))),
            ("engine-refused", try Frame(TaskReply.refused(message: "no such blob"))),
        ]
        for (name, frame) in frames {
            try GoldenFrames.rewriteIfAsked(name, frame)
            #expect(frame.encoded == (try GoldenFrames.bytes(name)), "\(name)")
        }
    }

    @Test func goldenFramesAgreeWithTheirText() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: GoldenFrames.folder.path)
            .filter { $0.hasSuffix(".frame") }.map { String($0.dropLast(6)) }
        #expect(names.count >= 20)
        for name in names {
            let frame = try GoldenFrames.frame(name)
            let (header, payload) = try GoldenFrames.expectation(name)
            let object = try JSONSerialization.jsonObject(with: frame.header) as? NSDictionary
            #expect(object == header, "\(name)")
            #expect(frame.payload.map { String(format: "%02x", $0) }.joined() == payload, "\(name)")
        }
    }
}
