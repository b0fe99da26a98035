import Datastore
import FlowModel
import Ledger
import StoreCare
import SystemPackage
import Testing

@Suite struct StoreCollectionTests {
    @Test func whatRunsNeedStays() throws {
        let scenario = try CareScenario()
        let values = ["small": noise(100, seed: 1), "large": noise(200_000, seed: 2)]
        let run = try scenario.run("1", values)
        let report = try scenario.collection().collect()
        #expect(report.freed == 0 && report.blobs == 0)
        #expect(try scenario.values(of: run) == values)
    }

    @Test func whatOnlyDeletedRunsNeededGoes() throws {
        let scenario = try CareScenario()
        let shared = noise(150_000, seed: 3)
        let kept = try scenario.run("1", ["shared": shared, "small": noise(90, seed: 4)])
        let gone = try scenario.run("2", ["shared": shared, "large": noise(300_000, seed: 5), "little": noise(80, seed: 6)])
        try scenario.delete(gone)

        let rehearsal = try scenario.collection().rehearse()
        #expect(try scenario.files.loose().count == 2, "a rehearsal removes nothing")
        let report = try scenario.collection().collect()
        #expect(report == rehearsal)
        #expect(report.blobs == 2 && report.looseFiles.files == 1 && report.looseFiles.bytes >= 300_000)
        #expect(report.deadPacks.files == 1, "the run that is gone had a pack of its own")
        #expect(try scenario.files.loose().count == 1)
        #expect(try scenario.values(of: kept).count == 2)
        #expect(try scenario.collection().rehearse().freed == 0)
    }

    @Test func nothingIsCollectedWhileAnEngineStores() throws {
        let scenario = try CareScenario()
        let gone = try scenario.run("1", ["large": noise(200_000, seed: 9)])
        try scenario.delete(gone)
        do {
            let engine = try scenario.store()
            _ = try engine.put(noise(10, seed: 10))
            #expect(throws: StoreCollectionError.self) { try scenario.collection().collect() }
            #expect(try scenario.files.loose().count == 1)
            withExtendedLifetime(engine) {}
        }
        #expect(try scenario.collection().collect().looseFiles.files == 1)
    }

    @Test func whatKilledEnginesLeftGoes() throws {
        let scenario = try CareScenario()
        try scenario.run("1", ["value": noise(100, seed: 11)])
        do {
            let killed = try scenario.store()
            _ = try killed.put(noise(200_000, seed: 12))
            _ = try killed.put(noise(100, seed: 13))
            _ = try RunLogWriter(scenario.location, flow: "CareFlow", run: "7")
        }
        let report = try scenario.collection().collect()
        #expect(report.unknownFiles.files == 1 && report.deadPacks.files == 1 && report.logs.files == 1)
        #expect(try scenario.files.logs().map(\.run) == ["1"])
    }
}

@Suite struct PackRewritingTests {
    @Test func livingBlobsMove() throws {
        let scenario = try CareScenario()
        let small = noise(500, seed: 20)
        let (kept, gone) = (CareScenario.key("1"), CareScenario.key("2"))
        do {
            // Both runs of one engine: one pack.
            let store = try scenario.store()
            try store.record("small", small, of: kept, in: scenario.ledger)
            try store.record("large", noise(40_000, seed: 21), of: gone, in: scenario.ledger)
        }
        try scenario.delete(gone)
        let before = try scenario.files.packs()
        let report = try scenario.collection().collect()
        #expect(report.rewrittenPacks.files == 1 && report.rewrittenPacks.bytes > 40_000)
        let after = try scenario.files.packs()
        #expect(before.count == 1 && after.count == 1 && before != after)
        #expect(try scenario.values(of: kept) == ["small": small])
    }

    @Test func aDamagedPackIsLeftAsItIs() throws {
        let scenario = try CareScenario()
        let (kept, gone) = (CareScenario.key("1"), CareScenario.key("2"))
        do {
            let store = try scenario.store()
            try store.record("small", noise(500, seed: 22), of: kept, in: scenario.ledger)
            try store.record("large", noise(40_000, seed: 23), of: gone, in: scenario.ledger)
        }
        let pack = try #require(try scenario.files.packs().first)
        damage(pack.path, at: 100)
        try scenario.delete(gone)
        let report = try scenario.collection().collect()
        #expect(report.rewrittenPacks.files == 0 && report.damaged.count == 1)
        #expect(try scenario.files.packs() == [pack])
    }
}

extension BlobStore {
    /// A run of one task with one artifact.
    fileprivate func record(_ name: String, _ value: [UInt8], of key: RunKey, in ledger: RunLedger) throws {
        let (attempt, time) = (AttemptKey(task: "1", attempt: 0), WallTime(microseconds: 1))
        let blob = try put(value)
        try ledger.commit(
            [
                .runBegan(RunBeginning(at: time, username: "tester")),
                .taskCreated(TaskCreation(task: "1", step: "start", at: time)),
                .attemptBegan(AttemptBeginning(attempt: attempt, at: time)), .blobs([blob]),
                .artifacts(
                    attempt,
                    [ArtifactEntry(name: name, digest: blob.digest, size: blob.size, type: "bytes", encoding: "plain")]),
                .attemptEnded(AttemptEnd(attempt: attempt, at: time, succeeded: true)),
                .runEnded(RunEnd(at: time, succeeded: true)),
            ], of: key)
    }
}
