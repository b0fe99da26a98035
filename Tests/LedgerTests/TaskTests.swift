import Datastore
import FlowModel
import Ledger
import Testing

@Suite struct TaskTests {
    let scenario: Scenario
    var ledger: RunLedger { scenario.ledger }

    init() throws { scenario = try Scenario() }

    @Test func stepsComeInTheOrderOfTheirTasks() throws {
        let run = try scenario.begin("1")
        for (task, step) in [("0", "_parameters"), ("1", "start"), ("2", "b"), ("3", "a"), ("4", "b")] {
            try scenario.start(TaskID(task), of: run, step: StepName(step))
        }
        try scenario.finish(AttemptKey(task: "1", attempt: 0), of: run, at: 10)
        try scenario.finish(AttemptKey(task: "2", attempt: 0), of: run, at: 20)
        let steps = try ledger.steps(of: run)
        #expect(steps.map(\.name) == ["_parameters", "start", "b", "a"])
        #expect(steps.map(\.taskCount) == [1, 1, 2, 1])
        #expect(steps.map(\.finishedAt) == [nil, WallTime(microseconds: 10), nil, nil])
        #expect(try ledger.step("b", of: run) == steps[2])
        #expect(try ledger.step("none", of: run) == nil)
    }

    @Test func tasksComeNewestFirstByCount() throws {
        let run = try scenario.begin("1")
        for number in 1...12 { try scenario.start(TaskID(number: number), of: run, step: number % 2 == 0 ? "even" : "odd") }
        #expect(try ledger.tasks(of: run).map(\.task.number) == (1...12).reversed())
        #expect(try ledger.tasks(of: run, step: "even", limit: 3).map(\.task) == ["12", "10", "8"])
        #expect(try ledger.tasks(of: run, step: "none") == [])
    }

    /// Ids are texts even where the column holds numbers.
    @Test(arguments: ["0", "7", "007", "-1", "+1", "1.0", "x_node_3", "", "999999999999999999", "18446744073709551616", "é"])
    func anIdComesBackAsItWas(id: String) throws {
        let run = try scenario.begin("1")
        let attempt = try scenario.start(TaskID(id), of: run, inputs: [TaskID(id), "1"])
        try scenario.finish(attempt, of: run, ["x": "1"])
        #expect(try ledger.tasks(of: run).map(\.task) == [TaskID(id)])
        let record = try #require(try ledger.task(TaskKey(run: run, task: TaskID(id))))
        #expect(record.task == TaskID(id))
        #expect(record.inputs == [TaskID(id), "1"])
        #expect(try ledger.artifacts(of: attempt, in: run).count == 1)
    }

    @Test(arguments: [
        [], [1], [1, 2, 3], [3, 2, 1], [5, 7, 8, 9, 20], Array(2...10_001), [1, 1, 1],
    ])
    func inputsKeepTheirOrder(numbers: [Int]) throws {
        let run = try scenario.begin("1")
        let inputs = numbers.map { TaskID(number: $0) }
        try scenario.start("50000", of: run, inputs: inputs)
        #expect(try ledger.task(TaskKey(run: run, task: "50000"))?.inputs == inputs)
    }

    /// As an engine that goes on with the run hears what happened.
    @Test func attemptsOfARunComeAsTheyEnded() throws {
        let run = try scenario.begin("1")
        try scenario.finish(try scenario.start("0", of: run, step: "_parameters"), of: run)
        let keys = try ["1", "2", "3", "4"].map { try scenario.start(TaskID($0), of: run, at: 2000) }
        try scenario.finish(keys[2], of: run, at: 10)
        try scenario.finish(keys[0], of: run, succeeded: false, at: 20)
        let again = try scenario.start("1", of: run, attempt: 1, at: 30)
        try scenario.finish(again, of: run, at: 40)
        let found = try ledger.allAttempts(of: run)
        #expect(found.map(\.key) == [keys[2], keys[0], again, keys[1], keys[3]])
        #expect(found.map(\.isFinished) == [true, true, true, false, false])
        #expect(found.map(\.isSuccessful) == [true, false, true, false, false])
        #expect(found.allSatisfy { $0.step == "work" && !$0.isClone })
    }

    @Test func attemptsAreTold() throws {
        let run = try scenario.begin("1")
        let key = TaskKey(run: run, task: "4")
        let first = try scenario.start("4", of: run, index: 3)
        var record = try #require(try ledger.task(key))
        #expect(record.attempt == 0 && record.doneAttempt == nil && !record.isFinished && record.index == 3)
        try scenario.finish(first, of: run, succeeded: false, at: 50)
        record = try #require(try ledger.task(key))
        #expect(record.isFinished && !record.isSuccessful && record.finishedAt == WallTime(microseconds: 50))
        let second = try scenario.start("4", of: run, attempt: 1)
        record = try #require(try ledger.task(key))
        #expect(record.attempt == 1 && record.doneAttempt == 0 && !record.isFinished)
        try ledger.commit(
            [
                .attemptEnded(
                    AttemptEnd(
                        attempt: second, at: WallTime(microseconds: 60), succeeded: true, exitStatus: -9,
                        transition: #"{"targets":["a"]}"#, exception: "{}", logEnd: 77))
            ], of: run)
        #expect(try ledger.task(key)?.isSuccessful == true)
        let attempts = try ledger.attempts(of: key)
        #expect(attempts.map(\.key) == [first, second])
        #expect(attempts.map(\.isSuccessful) == [false, true])
        #expect(attempts[1].exitStatus == -9)
        #expect(attempts[1].transition == #"{"targets":["a"]}"#)
        #expect(attempts[1].exception == "{}")
        #expect(attempts[1].logRange == 0..<77)
    }

    @Test func anAttemptThatGoesOnReadsItsLogToTheEnd() throws {
        let run = try scenario.begin("1")
        let key = AttemptKey(task: "1", attempt: 0)
        try ledger.commit(
            [
                .taskCreated(TaskCreation(task: "1", step: "work", at: .now())),
                .attemptBegan(AttemptBeginning(attempt: key, at: .now(), logStart: 40)),
            ], of: run)
        #expect(try ledger.attempts(of: TaskKey(run: run, task: "1")).map(\.logRange) == [40..<Int64.max])
    }

    @Test func metadataOfTheRunComesWithEachAttempt() throws {
        let shared = MetadataEntry(name: "python_version", value: "3.11", type: "python_version")
        let run = try scenario.begin("1", metadata: [shared])
        let first = try scenario.start("1", of: run)
        try scenario.start("1", of: run, attempt: 1)
        func own(_ value: String) -> MetadataEntry { MetadataEntry(name: "n", value: value, type: "\"t'\n") }
        try ledger.commit([.metadata(first, [own("a"), own("b")], at: WallTime(microseconds: 7))], of: run)
        try ledger.commit([.metadata(first, [own("ü\u{0}")], at: WallTime(microseconds: 8)), .metadata(first, [], at: .now())], of: run)
        let records = try ledger.metadata(of: TaskKey(run: run, task: "1"))
        #expect(records.map(\.entry) == [shared, own("a"), own("b"), own("ü\u{0}"), shared])
        #expect(records.map(\.attempt) == [0, 0, 0, 0, 1])
        #expect(records.map(\.createdAt.microseconds) == [2000, 7, 7, 8, 2000])
    }

    @Test func anOriginIsKept() throws {
        let run = try scenario.begin("2", origin: "1")
        let origin = TaskOrigin(run: "1", task: "5")
        try ledger.commit([.taskCreated(TaskCreation(task: "3", step: "work", at: .now(), origin: origin))], of: run)
        #expect(try ledger.task(TaskKey(run: run, task: "3"))?.origin == origin)
    }
}
