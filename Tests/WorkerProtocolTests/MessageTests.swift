import Digests
import FlowModel
import Foundation
import Testing
import WorkerProtocol

@Suite struct MessageTests {
    @Test(arguments: ["host-hello", "host-spawned", "host-exited", "host-refused", "host-spawn-failed",
        "host-flow", "host-refused-usage"])
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
        case .flow(let configured):
            #expect(configured.configs == ["config": ResolvedConfig(value: .object(["a": .array([.integer(1), .number(2.5), .null])]))])
            #expect(configured.flow.configs.map(\.name) == ["config"] && configured.flow.options.map(\.name) == ["foobar"])
        case .refused(let refusal) where refusal.usage == true: #expect(refusal.traceback == nil)
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

    @Test(arguments: [
        ("task-done-control", "mappers 3"), ("task-done-caught", "caught, cards, to end"),
        ("task-done-parallel", "parallel 4, unbounded, to train"), ("task-done-switch", "by kind, to left"),
    ])
    func readsEveryKindOfResult(name: String, expected: String) throws {
        guard case .done(let result) = try GoldenFrames.frame(name).message(TaskMessage.self) else {
            Issue.record("\(name) was read as another message")
            return
        }
        let words = [
            result.mappers.map { "mappers \($0)" }, result.caught == true ? "caught" : nil, result.cards == true ? "cards" : nil,
            result.transition?.parallel.map { "parallel \($0)" }, result.transition?.unbounded == true ? "unbounded" : nil,
            result.transition?.condition.map { "by \($0)" }, result.transition.map { "to \($0.targets[0])" },
        ]
        #expect(words.compactMap { $0 }.joined(separator: ", ") == expected)
    }

    @Test func readsCards() throws {
        guard case .card(let card) = try GoldenFrames.frame("task-card").message(TaskMessage.self),
            case .cardData(let data) = try GoldenFrames.frame("task-card-data").message(TaskMessage.self)
        else {
            Issue.record("a golden frame was read as another message")
            return
        }
        #expect(card == CardItem(type: "default", id: "größe", hash: "0123456789abcdef0123", error: false))
        #expect(data == CardItem(type: "default"))
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

    private static var mostOfAnAssignment: TaskAssignmentMessage {
        var message = assignment
        message.userAttempts = 2
        message.fallback = true
        message.originRun = "1763800000000000"
        message.decorators = DecoratorSettings(
            timeout: 60, catch: .init(variable: "ex", printsException: false),
            secrets: .init(sources: [.string("inline.a")], role: nil, allowsOverride: true),
            cards: [CardOrder(type: "default", id: "a", options: .object([:]), timeout: 45, refreshInterval: 5)])
        message.project = .init(name: "p", branch: "user.me", flow: "p.user.me.TinyFlow", isUserBranch: true, isProduction: false)
        message.iteration = 4
        message.frames = [.init(step: "start", variable: "_parallel_ubf_iter", splits: nil, index: 1)]
        message.unbounded = .mapper
        message.parallel = .init(nodes: 2, index: 1, control: "4")
        message.configuration = configuration
        message.triggers = [.object(["type": .string("run")])]
        message.overrides = "/flow/artifacts.py"
        return message
    }

    private static var configuration: HostConfiguration {
        HostConfiguration(
            with: ["retry:times=2"], options: ["foobar": .string("x")],
            configs: ["a": .init(text: "{}", source: "a.json"), "b": .init(ResolvedConfig(value: .integer(1), plain: true))])
    }

    private static func errand(_ job: ErrandRequest.Job, _ path: String) throws -> ErrandRequest {
        ErrandRequest(
            job, flow: "TinyFlow", path: try Pathspec(parsing: path), username: "me", namespace: "user:me",
            staging: "/store/staging", inlineLimit: 65536, datastoreRoot: "/store")
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
            ("engine-configure", try Frame(HostCommand.configure(Self.configuration))),
            ("engine-task-full", try Frame(TaskReply.assignment(Self.mostOfAnAssignment))),
            ("engine-recorded", try Frame(TaskReply.recorded)),
            (
                "engine-hook",
                try Frame(TaskReply.errand(Self.errand(.hook(function: "notify", successful: true), "TinyFlow/12")))
            ),
            (
                "engine-card",
                try Frame(TaskReply.errand(Self.errand(.card(CardOrder(type: "default")), "TinyFlow/12/train/3")))
            ),
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
