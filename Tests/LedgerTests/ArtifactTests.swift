import Datastore
import Digests
import FlowModel
import Ledger
import Testing

@Suite struct ArtifactTests {
    let scenario: Scenario
    var ledger: RunLedger { scenario.ledger }

    init() throws { scenario = try Scenario() }

    func digests(_ values: [String: String]) -> [String: SHA256Digest] {
        values.mapValues { SHA256Digest(hashing: $0) }
    }

    @Test func theNearestValueCounts() throws {
        let run = try scenario.begin("1")
        let parameters = try scenario.start("0", of: run, step: "_parameters")
        try scenario.finish(parameters, of: run, ["alpha": "0.5", "name": "F"], at: 10)
        let start = try scenario.start("1", of: run, inherits: AttemptReference(parameters))
        try scenario.finish(start, of: run, ["x": "1", "name": "F"], at: 20)
        let middle = try scenario.start("2", of: run, inherits: AttemptReference(start))
        try scenario.finish(middle, of: run, ["x": "2", "y": "3"], at: 30)
        let join = try scenario.start("3", of: run, inherits: AttemptReference(parameters))
        try scenario.finish(join, of: run)

        #expect(try scenario.values(parameters, of: run) == digests(["alpha": "0.5", "name": "F"]))
        #expect(try scenario.values(start, of: run) == digests(["alpha": "0.5", "name": "F", "x": "1"]))
        #expect(try scenario.values(middle, of: run) == digests(["alpha": "0.5", "name": "F", "x": "2", "y": "3"]))
        #expect(try scenario.values(join, of: run) == digests(["alpha": "0.5", "name": "F"]))
        let records = try ledger.artifacts(of: middle, in: run)
        #expect(records.map(\.name) == ["alpha", "name", "x", "y"])
        #expect(records.map(\.isOwn) == [false, false, true, true])
        #expect(records.map(\.createdAt.microseconds) == [10, 20, 30, 30])
        #expect(records.map(\.size) == [3, 1, 1, 1])
        #expect(try ledger.artifact("x", of: middle, in: run) == records[2])
        #expect(try ledger.artifact("alpha", of: middle, in: run) == records[0])
        #expect(try ledger.artifact("none", of: middle, in: run) == nil)
    }

    @Test func anAttemptDoesNotSeeTheOneBefore() throws {
        let run = try scenario.begin("1")
        let base = try scenario.start("1", of: run)
        try scenario.finish(base, of: run, ["x": "1"])
        let first = try scenario.start("2", of: run, inherits: AttemptReference(base))
        try scenario.finish(first, of: run, ["x": "2", "half": "done"], succeeded: false)
        let second = try scenario.start("2", of: run, attempt: 1, inherits: AttemptReference(base))
        try scenario.finish(second, of: run)
        #expect(try scenario.values(second, of: run) == digests(["x": "1"]))
        #expect(try scenario.values(first, of: run) == digests(["x": "2", "half": "done"]))
    }

    @Test func storingANameAgainReplacesIt() throws {
        let run = try scenario.begin("1")
        let attempt = try scenario.start("1", of: run)
        try scenario.finish(attempt, of: run, ["x": "1"])
        try scenario.finish(attempt, of: run, ["x": "2"])
        #expect(try scenario.values(attempt, of: run) == digests(["x": "2"]))
    }

    /// A loop of many iterations inherits through all of them.
    @Test func aLongChainIsReadWhole() throws {
        let run = try scenario.begin("1")
        var last = try scenario.start("0", of: run)
        var expected = ["first": "value", "count": "0"]
        try scenario.finish(last, of: run, expected)
        for number in 1...150 {
            last = try scenario.start(TaskID(number: number), of: run, inherits: AttemptReference(last))
            try scenario.finish(last, of: run, ["count": "\(number)", "seen_\(number % 10)": "\(number)"])
            expected["count"] = "\(number)"
            expected["seen_\(number % 10)"] = "\(number)"
            #expect(try scenario.values(last, of: run) == digests(expected))
        }
        let own = try ledger.artifacts(of: last, in: run).filter(\.isOwn).map(\.name)
        #expect(own == ["count", "seen_0"])
    }

    @Test func anotherRunCanBeInheritedFrom() throws {
        let old = try scenario.begin("1")
        let source = try scenario.start("5", of: old)
        try scenario.finish(source, of: old, ["x": "old"])
        let new = try scenario.begin("2", origin: "1")
        let clone = try scenario.start("1", of: new, inherits: AttemptReference(run: "1", source))
        try scenario.finish(clone, of: new)
        #expect(try scenario.values(clone, of: new) == digests(["x": "old"]))
        #expect { try scenario.start("2", of: new, inherits: AttemptReference(run: "9", source)) } throws: {
            ($0 as? LedgerError)?.fault == .unknownRun("TestFlow/9")
        }
    }

    /// What a wide foreach inherits is not written again for each task.
    @Test func inheritedArtifactsCostNothing() throws {
        let run = try scenario.begin("1")
        let split = try scenario.start("1", of: run)
        try scenario.finish(split, of: run, (0..<20).reduce(into: [:]) { $0["artifact_\($1)"] = "value \($1)" })
        for number in 2...51 {
            let task = try scenario.start(TaskID(number: number), of: run, inherits: AttemptReference(split), index: number - 2)
            try scenario.finish(task, of: run, ["own": "\(number)"])
        }
        let records = try ledger.artifacts(of: AttemptKey(task: "51", attempt: 0), in: run)
        #expect(records.count == 21)
        #expect(records.filter(\.isOwn).map(\.name) == ["own"])
    }
}
