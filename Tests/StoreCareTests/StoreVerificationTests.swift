import Datastore
import FlowModel
import Ledger
import StoreCare
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct StoreVerificationTests {
    @Test func whatIsWholeIsRight() async throws {
        let scenario = try CareScenario()
        try scenario.run("1", ["a": noise(100, seed: 1), "b": noise(200_000, seed: 2), "c": [UInt8](repeating: 7, count: 9 << 20)])
        try scenario.run("2", ["a": noise(100, seed: 1)])
        let report = try await scenario.verification().verify(width: 4)
        #expect(report.isRight && report.blobs == 3 && report.logs == 2)
        #expect(report.bytes == 100 + 200_000 + 9 << 20)
    }

    @Test func whatIsGoneIsMissing() async throws {
        let scenario = try CareScenario()
        try scenario.run("1", ["large": noise(200_000, seed: 3)])
        let file = try #require(try scenario.files.loose().first)
        try scenario.files.remove(file.path)
        let report = try await scenario.verification().verify(width: 1)
        #expect(report.faults.map(\.kind) == [.missing] && report.faults.map(\.digest) == [file.digest])
        #expect(report.faults.first?.problem.contains(file.path.string) == true)
    }

    @Test(arguments: [("large", 200_000, 1000), ("small", 300, 80)] as [(String, Int, off_t)])
    func whatWasChangedIsDamaged(name: String, size: Int, offset: off_t) async throws {
        let scenario = try CareScenario()
        try scenario.run("1", [name: noise(size, seed: 4)])
        try scenario.run("2", ["other": noise(500, seed: 5)])
        let path = try scenario.files.loose().first?.path
            ?? #require(try scenario.files.packs().min { $0.name < $1.name }).path
        damage(path, at: offset)
        let report = try await scenario.verification().verify(width: 2)
        #expect(report.faults.map(\.kind) == [.damaged])
        #expect(try await scenario.verification().verify([CareScenario.key("2")], width: 2).isRight, "the other run is whole")
        #expect(try await !scenario.verification().verify([CareScenario.key("1")], width: 2).isRight)
    }

    @Test func aRunNeedsWhatItHasFromItsOrigin() async throws {
        let scenario = try CareScenario()
        try scenario.run("1", ["large": noise(200_000, seed: 6)])
        let heir = try scenario.resumed("2", from: "1")
        let file = try #require(try scenario.files.loose().first)
        damage(file.path, at: 5)
        #expect(try await scenario.verification().verify([heir], width: 1).faults.map(\.digest) == [file.digest])
    }

    @Test func aLogThatNoEngineWroteIsDamaged() async throws {
        let scenario = try CareScenario()
        try scenario.run("1", [:])
        damage(try #require(try scenario.files.logs().first).path, at: 0)
        let report = try await scenario.verification().verify(width: 1)
        #expect(report.damagedLogs.count == 1 && !report.isRight)
    }
}

@Suite struct RunDeletionTests {
    @Test func recordsAndLogGo() throws {
        let scenario = try CareScenario()
        let (run, other) = (try scenario.run("1", ["a": [1]]), try scenario.run("2", ["a": [2]]))
        try scenario.delete(run)
        #expect(try scenario.ledger.run(run) == nil && scenario.ledger.tasks(of: run).isEmpty)
        #expect(try scenario.ledger.runs(RunSearch(tags: ["kept"])).map(\.key) == [other])
        #expect(try scenario.files.logs().map(\.run) == ["2"])
        #expect(try scenario.values(of: other) == ["a": [2]])
    }

    @Test func heirsKeepWhatTheyHaveFromIt() throws {
        let scenario = try CareScenario()
        let values = ["a": noise(50, seed: 7), "large": noise(200_000, seed: 8)]
        let run = try scenario.run("1", values)
        try scenario.ledger.commit(
            [.card(
                AttemptKey(task: "1", attempt: 0),
                CardEntry(
                    type: "default", id: nil, hash: "h", digest: try scenario.store().put([1, 2]).digest, size: 2,
                    at: WallTime(microseconds: 5)))], of: run)
        let heir = try scenario.resumed("2", from: "1")
        let heirTask = TaskKey(run: heir, task: "1")
        let artifacts = try scenario.ledger.artifacts(of: AttemptKey(task: "1", attempt: 0), in: heir)
        let facts = try scenario.ledger.metadata(of: heirTask).map(\.entry)

        try scenario.delete(run)
        _ = try scenario.collection().collect()
        #expect(try scenario.values(of: heir) == values)
        let after = try scenario.ledger.artifacts(of: AttemptKey(task: "1", attempt: 0), in: heir)
        #expect(after.map(\.isOwn) == artifacts.map(\.isOwn) && after.map(\.name) == artifacts.map(\.name))
        #expect(try Set(scenario.ledger.metadata(of: heirTask).map(\.entry)) == Set(facts))
        #expect(try scenario.ledger.cards(of: heirTask).map(\.card.hash) == ["h"])
    }

    @Test func aRunThatGoesOnStays() throws {
        let scenario = try CareScenario()
        let run = try scenario.run("1", ["a": [1]])
        let going = CareScenario.key("2")
        let writer = try RunLogWriter(scenario.location, flow: going.flow.text, run: going.run.text)
        try scenario.ledger.commit(
            [.runBegan(RunBeginning(at: WallTime(microseconds: 9), username: "tester", originRun: "1"))], of: going)
        #expect(throws: RunDeletionError.self) { try scenario.delete(going) }
        #expect(throws: RunDeletionError.self) { try scenario.delete(run) }
        #expect(try scenario.ledger.allRuns().count == 2)
        withExtendedLifetime(writer) {}
    }

    @Test func aReaderThatKnewTheRunSeesItNoMore() throws {
        let scenario = try CareScenario()
        let run = try scenario.run("1", ["a": [1]])
        let reader = try RunLedger(scenario.location, mode: .read)
        #expect(try reader.tasks(of: run).count == 1)
        try scenario.delete(run)
        // Its row is used again by the next run.
        try scenario.run("2", ["a": [2]])
        #expect(try reader.tasks(of: run).isEmpty)
    }
}
