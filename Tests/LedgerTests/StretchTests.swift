import Datastore
import Digests
import FlowModel
import Ledger
import Testing

/// The artifacts of several tasks at once say what those of each say alone.
@Suite struct StretchTests {
    let scenario: Scenario
    let run: RunKey
    var ledger: RunLedger { scenario.ledger }

    init() throws {
        scenario = try Scenario()
        run = try scenario.begin("1")
        let start = try scenario.start("1", of: run, step: "start")
        try scenario.finish(start, of: run, ["common": "c", "x": "of start", "_hidden": "h"], at: 10)
        // Tasks that share what they inherit, one that was tried twice, one that inherits nothing, one that still runs.
        for number in 2...5 {
            let task = try scenario.start(TaskID(number: number), of: run, inherits: AttemptReference(start))
            try scenario.finish(task, of: run, ["x": "\(number)", "_own": "o"], at: Int64(number) * 100)
        }
        let failed = try scenario.start("6", of: run, inherits: AttemptReference(start))
        try scenario.finish(failed, of: run, ["x": "no"], succeeded: false)
        let again = try scenario.start("6", of: run, attempt: 1, inherits: AttemptReference(start))
        try scenario.finish(again, of: run, ["y": "yes"])
        let alone = try scenario.start("7_node_1", of: run)
        try scenario.finish(alone, of: run, ["z": "1"])
        try scenario.start("8", of: run, inherits: AttemptReference(start))
        let nested = try scenario.start("9", of: run, inherits: AttemptReference(again))
        try scenario.finish(nested, of: run)
    }

    /// The artifacts of each task, put together by hand.
    private func merged(_ stretch: ArtifactStretch) -> [TaskID: [ArtifactRecord]] {
        stretch.parts.reduce(into: [:]) { result, part in
            let base = part.base.map { stretch.bases[$0] } ?? []
            let own = Set(part.own.map(\.name))
            result[part.task] = (base.filter { !own.contains($0.name) } + part.own).sorted { $0.name < $1.name }
        }
    }

    private func alone(_ task: TaskID, _ choice: ArtifactChoice = ArtifactChoice()) throws -> [ArtifactRecord] {
        let record = try #require(try ledger.task(TaskKey(run: run, task: task)))
        let attempt = try #require(record.doneAttempt ?? record.attempt)
        return try ledger.artifacts(of: AttemptKey(task: task, attempt: attempt), in: run).filter { choice.includes($0.name) }
    }

    private static let tasks: [TaskID] = ["9", "8", "7_node_1", "6", "5", "4", "3", "2"]

    @Test(arguments: [
        ArtifactChoice(), ArtifactChoice(publicOnly: true), ArtifactChoice(names: ["x"]),
        ArtifactChoice(names: ["x", "common", "_own", "nothing"]), ArtifactChoice(names: []),
    ])
    func asOneByOne(_ choice: ArtifactChoice) throws {
        let found = merged(try ledger.artifacts(of: Self.tasks, step: "work", in: run, choice: choice))
        #expect(Set(found.keys) == Set(Self.tasks))
        for task in Self.tasks { #expect(try found[task] == alone(task, choice), "\(task)") }
    }

    @Test func whatIsSharedStandsOnce() throws {
        let stretch = try ledger.artifacts(of: ["2", "3", "4", "5"], step: "work", in: run)
        #expect(stretch.bases.count == 1)
        #expect(stretch.parts.map(\.base) == [0, 0, 0, 0])
        #expect(stretch.parts.map(\.storedAt.microseconds) == [200, 300, 400, 500])
        // Nothing is read of the others when the task has all that is asked for.
        #expect(try ledger.artifacts(of: ["2"], step: "work", in: run, choice: ArtifactChoice(names: ["x"])).bases.isEmpty)
    }

    @Test func clonesHaveWhatTheyStandForAsTheirOwn() throws {
        let again = try scenario.begin("2", origin: "1")
        let key = AttemptKey(task: "1", attempt: 0)
        let original = AttemptReference(run: "1", AttemptKey(task: "3", attempt: 0))
        try ledger.commit(
            [
                .taskCreated(TaskCreation(task: "1", step: "work", at: .now(), origin: TaskOrigin(run: "1", task: "3"))),
                .attemptBegan(AttemptBeginning(attempt: key, at: .now(), inherits: original, isClone: true)),
                .attemptEnded(AttemptEnd(attempt: key, at: .now(), succeeded: true)),
            ], of: again)
        let found = merged(try ledger.artifacts(of: ["1"], step: "work", in: again))["1"]
        #expect(try found == ledger.artifacts(of: key, in: again))
        #expect(found?.filter(\.isOwn).map(\.name) == ["_own", "x"])
    }

    @Test func whatIsNotThere() throws {
        #expect(try ledger.artifacts(of: ["1", "99"], step: "work", in: run).parts.isEmpty)
        #expect(try ledger.artifacts(of: [], step: "work", in: run).parts.isEmpty)
        let other = RunKey(flow: "TestFlow", run: "nowhere")
        #expect(try ledger.artifacts(of: ["1"], step: "work", in: other).parts.isEmpty)
    }

    @Test func aListingGoesOn() throws {
        let all = try ledger.tasks(of: run, step: "work").map(\.task)
        var pages: [TaskID] = []
        while true {
            let page = try ledger.tasks(of: run, step: "work", before: pages.last, limit: 3).map(\.task)
            if page.isEmpty { break }
            pages += page
        }
        #expect(pages == all)
        #expect(all.count == 8)
    }
}
