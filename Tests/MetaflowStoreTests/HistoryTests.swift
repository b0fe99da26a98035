import Datastore
import FlowModel
import Ledger
import MetaflowStore
import SystemPackage
import Testing

@Suite struct MetaflowHistoryTests {
    private static let run = RunKey(flow: "OldFlow", run: "17")

    /// A run of a foreach over three: `work/2` failed first, the others are of an older Metaflow.
    private static func written() -> WrittenFolder {
        let folder = WrittenFolder()
        folder.object("OldFlow", at: 1000)
        folder.object("OldFlow/17", at: 2000, tags: ["first"])
        for (step, time) in [("_parameters", 2100), ("start", 2200), ("work", 2300), ("join", 2400), ("end", 2500)] {
            folder.object("OldFlow/17/\(step)", at: time)
        }
        for value in [Pickled.isTrue, Pickled.isFalse, Pickled.seventeen, Pickled.graph, Pickled.frames, Pickled.exception] {
            folder.value(value.sha, value.bytes)
        }
        task(folder, "_parameters/0", at: 2110, ["_graph_info": Pickled.graph.sha, "alpha": Pickled.seventeen.sha])
        task(folder, "start/1", at: 2210, ["x": Pickled.seventeen.sha])
        task(folder, "work/2", at: 2310, path: "work:0", stack: "items=red", failures: 1)
        task(folder, "work/3", at: 2311, path: "work:1", stack: "items=a=b")
        // Before paths were recorded.
        task(folder, "work/4", at: 2312, ["_foreach_stack": Pickled.frames.sha], stack: "items=blue")
        task(folder, "join/5", at: 2410)
        task(folder, "end/6", at: 2510)
        return folder
    }

    private static func task(
        _ folder: WrittenFolder, _ place: String, at time: Int, _ values: [String: String] = [:], path: String? = nil,
        stack: String? = nil, failures: Int = 0
    ) {
        let task = "OldFlow/17/\(place)"
        folder.object(task, at: time)
        for attempt in 0...failures {
            let isLast = attempt == failures
            let start = time + attempt * 10
            folder.fact(task, "attempt", "\"\(attempt)\"", at: start, attempt: attempt)
            if let path { folder.fact(task, "foreach-execution-path", "\"\(path)\"", at: start, attempt: attempt) }
            if let stack { folder.fact(task, "foreach-stack", "[\"\(stack)\"]", at: start, attempt: attempt) }
            folder.fact(task, "attempt-done", "\"\(attempt)\"", at: start + 5, attempt: attempt)
            let truth = isLast ? Pickled.isTrue.sha : Pickled.isFalse.sha
            var all = ["_task_ok": truth, "_success": truth].merging(values) { $1 }
            if !isLast { all["_exception"] = Pickled.exception.sha }
            for (name, sha) in all { folder.artifact(task, name, sha, attempt: attempt, at: start + 4) }
            folder.write(
                task + "/\(attempt).runtime_stdout.log",
                "[MFLOG|0|1970-01-01T00:00:0\(attempt).500000Z|runtime|id]attempt \(attempt) of \(place)\n")
        }
    }

    private static func history(_ folder: WrittenFolder) -> MetaflowHistory {
        MetaflowHistory(MetaflowFolder(root: folder.root))
    }

    @Test func runsAreListedWithTheirTags() throws {
        let folder = Self.written()
        folder.object("OldFlow/18", at: 9000)
        let history = Self.history(folder)
        #expect(try history.flows().map(\.name) == ["OldFlow"])
        #expect(try history.runs(RunSearch()).map(\.key.run) == ["18", "17"])
        #expect(try history.runs(RunSearch(tags: ["first", "user:tester"])).map(\.key.run) == ["17"])
        let run = try #require(try history.run(Self.run))
        #expect(run.state == .succeeded && run.username == "tester" && run.end == TaskPlace(step: "end", task: "6"))
        #expect(run.createdAt.microseconds == 2_000_000 && run.finishedAt?.microseconds == 2_514_000)
        #expect(try history.run(RunKey(flow: "OldFlow", run: "18"))?.state == .abandoned)
        #expect(try history.run(RunKey(flow: "OldFlow", run: "..")) == nil && history.flow("Other") == nil)
    }

    @Test func tasksKnowTheirPlaceAndHowTheyStand() throws {
        let folder = Self.written()
        let history = Self.history(folder)
        let tasks = Array(try history.tasks(of: Self.run, step: "work").reversed())
        #expect(tasks.map(\.task) == ["2", "3", "4"] && tasks.map(\.index) == [0, 1, 2])
        #expect(tasks.map { $0.attempt?.value } == [1, 0, 0] && tasks.allSatisfy(\.isSuccessful))
        #expect(tasks[1].frames.contains("\"value\":\"a=b\""))
        let attempts = try history.attempts(of: TaskKey(run: Self.run, task: "2"))
        #expect(attempts.map(\.isSuccessful) == [false, true])
        #expect(attempts[0].exception?.contains("builtins.ValueError") == true && attempts[0].exception?.contains("boom") == true)
        #expect(attempts[1].exception == nil)
        #expect(try history.taskCounts(of: Self.run).first { $0.step == "work" }?.succeeded == 3)
    }

    @Test func neighboursAreFoundByTheGraph() throws {
        let folder = Self.written()
        let history = Self.history(folder)
        func task(_ id: TaskID) throws -> TaskRecord { try #require(try history.task(TaskKey(run: Self.run, task: id))) }
        #expect(try history.inputs(of: task("3"), in: Self.run).map(\.task) == ["1"])
        #expect(try history.consumers(of: TaskKey(run: Self.run, task: "3")).map(\.task) == ["5"])
        #expect(try Set(history.inputs(of: task("5"), in: Self.run).map(\.task)) == ["2", "3", "4"])
        #expect(try history.inputs(of: task("1"), in: Self.run).isEmpty)
    }

    @Test func metadataAndLogsBelongToAttempts() throws {
        let folder = Self.written()
        let task = "OldFlow/17/work/2"
        folder.fact(task, "old-fact", "\"x\"", at: 2321, attempt: nil)
        folder.write(task + "/1.task_stdout.log", "no time\n[![MFLOG|0|1970-01-01T00:00:00.250000Z|task|i]earlier\n")
        let history = Self.history(folder)
        let key = TaskKey(run: Self.run, task: "2")
        let facts = try history.metadata(of: key)
        #expect(facts.last { $0.name == "old-fact" }?.attempt == 1, "it came after the second attempt began")
        #expect(facts.filter { $0.name == "attempt" }.map(\.attempt) == [0, 1])
        #expect(facts.first { $0.name == "foreach-stack" }?.value == .array([.string("items=red")]))
        func lines(_ attempt: AttemptNumber?) throws -> [String] {
            try history.lines(of: key, step: "work", attempt: attempt).map { String(decoding: $0.line.text, as: UTF8.self) }
        }
        #expect(try lines(0) == ["attempt 0 of work/2"])
        #expect(try lines(nil) == ["earlier", "attempt 1 of work/2", "no time"])
    }

    @Test func valuesAreChecked() throws {
        let folder = Self.written()
        let history = Self.history(folder)
        #expect(try history.value(Pickled.seventeen.sha, of: "OldFlow") == Pickled.seventeen.bytes)
        folder.value(Pickled.seventeen.sha, Pickled.isTrue.bytes)
        #expect(throws: MetaflowStoreError.self) { try history.value(Pickled.seventeen.sha, of: "OldFlow") }
        #expect(throws: MetaflowStoreError.self) { try history.openValue(Pickled.seventeen.sha, of: "OldFlow") }
        folder.value(Pickled.seventeen.sha, Pickled.seventeen.bytes, isRaw: true)
        #expect(try history.value(Pickled.seventeen.sha, of: "OldFlow") == Pickled.seventeen.bytes)
        let (descriptor, size) = try history.openValue(Pickled.seventeen.sha, of: "OldFlow")
        #expect(size == 5)
        try FileDescriptor(rawValue: descriptor).close()
        let path = "OldFlow/data/\(Pickled.seventeen.sha.prefix(2))/\(Pickled.seventeen.sha)"
        folder.write(path + "_meta", "{\"cas_raw\": false, \"cas_version\": 2}")
        #expect(throws: MetaflowStoreError.self) { try history.value(Pickled.seventeen.sha, of: "OldFlow") }
        #expect(throws: MetaflowStoreError.self) { try history.value("../../../../etc/passwd", of: "OldFlow") }
        #expect(throws: MetaflowStoreError.self) { try history.value(String(repeating: "0", count: 40), of: "OldFlow") }
    }

    @Test func tagsAreChangedAsMetaflowDoes() throws {
        let folder = Self.written()
        let history = Self.history(folder)
        let run = try history.editTags(of: Self.run, TagEdit(adding: ["good"], removing: ["first"]))
        #expect(run?.userTags == ["good"])
        let text = folder.text("OldFlow/17/_meta/_self.json")
        #expect(text.contains("\"good\"") && !text.contains("\"first\"") && text.contains("\"user_name\":\"tester\""))
        #expect(throws: TagError.self) { try history.editTags(of: Self.run, TagEdit(removing: ["user:tester"])) }
    }

    @Test func whatCannotBeReadHidesNothingElse() throws {
        let folder = Self.written()
        folder.write("OldFlow/19/_meta/_self.json", "{\"ts_epoch\": ")
        let history = Self.history(folder)
        #expect(try history.runs(RunSearch()).map(\.key) == [Self.run])
        #expect(throws: MetaflowStoreError.self) { try history.run(RunKey(flow: "OldFlow", run: "19")) }
    }

    @Test(arguments: [
        [], [0x80], [0x80, 4], [0x2E], [0x28, 0x2E], [0x80, 4, 0x4B], [0x80, 4, 0x58, 0xFF, 0xFF, 0xFF, 0x7F, 0x41, 0x2E],
        [0x5D, 0x94, 0x68, 0x00, 0x61, 0x2E], [0x68, 0x07, 0x2E], [0x80, 4, 0x52, 0x2E], [0x8A, 0x09, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0x2E],
    ] as [[UInt8]])
    func aPickleThatIsNoneIsNoGraph(bytes: [UInt8]) throws {
        let folder = Self.written()
        folder.artifact("OldFlow/17/_parameters/0", "_graph_info", Pickled.seventeen.sha, at: 2114)
        folder.write("OldFlow/data/\(Pickled.seventeen.sha.prefix(2))/\(Pickled.seventeen.sha)", bytes)
        let history = Self.history(folder)
        // Its digest is wrong as well, so this is an error or nothing; never an end of the process.
        let found = try? history.consumers(of: TaskKey(run: Self.run, task: "3"))
        #expect(found?.isEmpty ?? true)
    }
}
