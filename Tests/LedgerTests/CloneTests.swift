import Datastore
import Digests
import FlowModel
import Ledger
import Testing

/// Tasks that stand for those of another run.
@Suite struct CloneTests {
    let scenario: Scenario
    var ledger: RunLedger { scenario.ledger }

    init() throws { scenario = try Scenario() }

    private func clone(_ task: TaskID, of run: RunKey, for origin: TaskOrigin, attempt: AttemptNumber = 0) throws {
        let key = AttemptKey(task: task, attempt: 0)
        let original = AttemptReference(run: origin.run, AttemptKey(task: origin.task, attempt: attempt))
        try ledger.commit(
            [
                .taskCreated(TaskCreation(task: task, step: "work", at: .now(), origin: origin)),
                .attemptBegan(AttemptBeginning(attempt: key, at: .now(), inherits: original, isClone: true)),
                .attemptEnded(AttemptEnd(attempt: key, at: .now(), succeeded: true)),
            ], of: run)
    }

    @Test func aCloneHasTheArtifactsOfItsOriginAsItsOwn() throws {
        let old = try scenario.begin("1")
        let parameters = try scenario.start("0", of: old, step: "_parameters")
        try scenario.finish(parameters, of: old, ["alpha": "1"])
        let work = try scenario.start("1", of: old, inherits: AttemptReference(parameters))
        try scenario.finish(work, of: old, ["x": "2", "_transition": "end"])
        let new = try scenario.begin("2", origin: "1")
        try clone("7", of: new, for: TaskOrigin(run: "1", task: "1"))
        let third = try scenario.begin("3", origin: "2")
        try clone("9", of: third, for: TaskOrigin(run: "2", task: "7"))
        for (task, run) in [("7", new), ("9", third)] as [(TaskID, RunKey)] {
            let records = try ledger.artifacts(of: AttemptKey(task: task, attempt: 0), in: run)
            #expect(records.map { "\($0.name) \($0.isOwn)" } == ["_transition true", "alpha false", "x true"])
            let record = try #require(try ledger.task(TaskKey(run: run, task: task)))
            #expect(record.isClone && record.isSuccessful && record.origin != nil)
        }
        let after = try scenario.start("8", of: new, inherits: AttemptReference(AttemptKey(task: "7", attempt: 0)))
        #expect(try ledger.artifacts(of: after, in: new).allSatisfy { !$0.isOwn })
    }

    /// Beyond the longest chain of references all rows are copied; what is own stays so.
    @Test func clonesOfClonesStayWhole() throws {
        var run = try scenario.begin("0")
        let first = try scenario.start("1", of: run)
        try scenario.finish(first, of: run, ["x": "1"])
        for number in 1...70 {
            let next = try scenario.begin(RunID("\(number)"), origin: run.run)
            try clone("1", of: next, for: TaskOrigin(run: run.run, task: "1"))
            run = next
        }
        let records = try ledger.artifacts(of: AttemptKey(task: "1", attempt: 0), in: run)
        #expect(records.map(\.name) == ["x"] && records[0].isOwn)
    }

    @Test func metadataOfTheOriginLiesBeneath() throws {
        let old = try scenario.begin("1", metadata: [MetadataEntry(name: "origin-run-id", value: "None", type: "origin-run-id")])
        let work = try scenario.start("1", of: old)
        try ledger.commit([.metadata(work, [MetadataEntry(name: "note", value: "first", type: "note")], at: .now())], of: old)
        try scenario.finish(work, of: old, succeeded: false)
        let again = try scenario.start("1", of: old, attempt: 1)
        try ledger.commit([.metadata(again, [MetadataEntry(name: "note", value: "second", type: "note")], at: .now())], of: old)
        try scenario.finish(again, of: old)
        let new = try scenario.begin(
            "2", origin: "1", metadata: [MetadataEntry(name: "origin-run-id", value: "1", type: "origin-run-id")])
        try clone("1", of: new, for: TaskOrigin(run: "1", task: "1"), attempt: 1)
        let found = try ledger.metadata(of: TaskKey(run: new, task: "1")).map { "\($0.entry.name)=\($0.entry.value)" }
        #expect(found == ["note=second", "origin-run-id=1"])
    }

    @Test func onlyTasksThatSucceededAreOffered() throws {
        let run = try scenario.begin("1")
        for (task, outcomes) in [("1", [true]), ("2", [false]), ("3", [false, true]), ("4", [])] as [(TaskID, [Bool])] {
            for (number, succeeded) in outcomes.enumerated() {
                let attempt = try scenario.start(task, of: run, attempt: AttemptNumber(number))
                try scenario.finish(attempt, of: run, succeeded: succeeded)
            }
            if outcomes.isEmpty { try scenario.start(task, of: run) }
        }
        let found = try ledger.finishedTasks(of: run, step: "work")
        #expect(found.map { "\($0.task)/\($0.attempt)" } == ["1/0", "3/1"])
        #expect(try ledger.finishedTasks(of: run, step: "other").isEmpty)
    }

    @Test func cardsFollowClones() throws {
        let old = try scenario.begin("1")
        let work = try scenario.start("1", of: old)
        let page = SHA256Digest(hashing: "<html>")
        let card = CardEntry(type: "default", id: nil, hash: "abc", digest: page, size: 6, at: WallTime(microseconds: 5))
        var other = card
        other.hash = "def"
        // A page that is rendered again takes the place of the earlier one.
        try ledger.commit([.card(work, card), .card(work, other), .card(work, card)], of: old)
        try ledger.commit(
            [
                .cardData(work, CardDataEntry(type: "default", id: nil, digest: SHA256Digest(hashing: "1"), at: .now())),
                .cardData(work, CardDataEntry(type: "default", id: nil, digest: SHA256Digest(hashing: "2"), at: .now())),
            ], of: old)
        let new = try scenario.begin("2", origin: "1")
        try clone("4", of: new, for: TaskOrigin(run: "1", task: "1"))
        let task = TaskKey(run: new, task: "4")
        #expect(try ledger.cards(of: task).map(\.card) == [card, other])
        #expect(try ledger.cards(of: task).map(\.task) == Array(repeating: TaskKey(run: old, task: "1"), count: 2))
        #expect(try ledger.cards(of: task, followingClones: false).isEmpty)
        let data = try ledger.cardData(of: TaskKey(run: old, task: "1"), attempt: 0, type: "default", id: nil)
        #expect(data == SHA256Digest(hashing: "2"))
    }

    @Test func spunTasksAreListedApart() throws {
        let ordinary = try scenario.begin("1", at: 1)
        let spun = RunKey(flow: "TestFlow", run: "2")
        try ledger.commit(
            [.runBegan(RunBeginning(at: WallTime(microseconds: 2), username: "tester", kind: .spun))], of: spun)
        #expect(try ledger.runs(of: "TestFlow").map(\.key) == [ordinary])
        #expect(try ledger.latestRun(of: "TestFlow")?.key == ordinary)
        #expect(try ledger.runs(of: "TestFlow", matching: RunQuery(kind: .spun)).map(\.key) == [spun])
        #expect(try ledger.run(spun)?.kind == .spun)
    }

    @Test func consumersAreFoundByTheirInputs() throws {
        let run = try scenario.begin("1")
        try scenario.start("1", of: run, step: "start")
        for number in 2...5 { try scenario.start(TaskID(number: number), of: run, inputs: ["1"]) }
        try scenario.start("6", of: run, step: "join", inputs: ["2", "3", "4", "5"])
        #expect(try ledger.consumers(of: TaskKey(run: run, task: "1")).map(\.task) == ["2", "3", "4", "5"])
        #expect(try ledger.consumers(of: TaskKey(run: run, task: "4")).map(\.task) == ["6"])
        #expect(try ledger.consumers(of: TaskKey(run: run, task: "6")).isEmpty)
    }
}
