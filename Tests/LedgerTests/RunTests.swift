import Datastore
import Digests
import FlowModel
import Ledger
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct RunTests {
    let scenario: Scenario
    var ledger: RunLedger { scenario.ledger }

    init() throws { scenario = try Scenario() }

    @Test func anEmptyLedgerHasNothing() throws {
        #expect(try ledger.flows() == [])
        #expect(try ledger.flow("TestFlow") == nil)
        #expect(try ledger.runs(of: "TestFlow") == [])
        #expect(try ledger.latestRun(of: "TestFlow") == nil)
        let run = RunKey(flow: "TestFlow", run: "1")
        #expect(try ledger.run(run) == nil)
        #expect(try ledger.steps(of: run) == [])
        #expect(try ledger.tasks(of: run) == [])
        #expect(try ledger.task(TaskKey(run: run, task: "1")) == nil)
        #expect(try ledger.attempts(of: TaskKey(run: run, task: "1")) == [])
        #expect(try ledger.artifacts(of: AttemptKey(task: "1", attempt: 0), in: run) == [])
        #expect(try ledger.metadata(of: TaskKey(run: run, task: "1")) == [])
        #expect(try ledger.codePackage(of: run) == nil)
        #expect(try ledger.blob(SHA256Digest(hashing: "x")) == nil)
        #expect(try ledger.editTags(of: run, adding: ["a"], removing: []) == nil)
    }

    @Test func aRunIsReadAsItWasWritten() throws {
        let run = try scenario.begin("7", at: 5, tags: ["b", "a"], system: ["user:me"], origin: "3")
        var record = try #require(try ledger.run(run))
        #expect(record.createdAt == WallTime(microseconds: 5))
        #expect(record.finishedAt == nil)
        #expect(record.userTags == ["a", "b"])
        #expect(record.systemTags == ["user:me"])
        #expect(record.originRun == "3")
        #expect(record.username == "tester")
        try scenario.start("9", of: run, step: "end")
        try scenario.end(run, succeeded: true, at: 6, task: "9")
        record = try #require(try ledger.run(run))
        #expect(record.isSuccessful && record.isFinished && record.state == .succeeded)
        #expect(record.finishedAt == WallTime(microseconds: 6))
        #expect(record.end?.step == "end" && record.end?.task == "9")
    }

    @Test func theNewestComeFirst() throws {
        for (id, at) in [("b", 20), ("c", 30), ("a", 10), ("d", 30)] as [(RunID, Int64)] {
            let run = try scenario.begin(id, at: at, tags: id == "c" ? ["x"] : ["x", "y"])
            try scenario.end(run, succeeded: id == "b" || id == "a")
        }
        try scenario.begin("z", of: "Other", at: 99)
        func ids(_ query: RunQuery) throws -> [RunID] { try ledger.runs(of: "TestFlow", matching: query).map(\.key.run) }
        #expect(try ids(RunQuery()) == ["d", "c", "b", "a"])
        #expect(try ids(RunQuery(limit: 2)) == ["d", "c"])
        #expect(try ids(RunQuery(tags: ["y"])) == ["d", "b", "a"])
        #expect(try ids(RunQuery(tags: ["x", "y"], limit: 1)) == ["d"])
        #expect(try ids(RunQuery(tags: ["x", "none"])) == [])
        #expect(try ids(RunQuery(tags: ["y"], successfulOnly: true)) == ["b", "a"])
        #expect(try ledger.latestRun(of: "TestFlow")?.key.run == "d")
        #expect(try ledger.latestSuccessfulRun(of: "TestFlow")?.key.run == "b")
        #expect(try ledger.flows().map(\.name) == ["Other", "TestFlow"])
        #expect(try ledger.flow("TestFlow")?.createdAt == WallTime(microseconds: 10))
    }

    @Test func tagsChangeInOneStep() throws {
        let run = try scenario.begin("1", tags: ["a", "b", "runtime:dev"], system: ["runtime:dev"])
        #expect(try ledger.run(run)?.userTags == ["a", "b"])
        let record = try ledger.editTags(of: run, adding: ["c", "a", "runtime:dev"], removing: ["b", "none"])
        #expect(record?.userTags == ["a", "c"])
        #expect(record?.systemTags == ["runtime:dev"])
        // What is both removed and added is there.
        #expect(try ledger.editTags(of: run, adding: ["a"], removing: ["a"])?.userTags == ["a", "c"])
        let odd = ["δ'; DROP TABLE run;--", String(repeating: "x", count: 500)]
        #expect(try ledger.editTags(of: run, adding: odd, removing: [])?.userTags == (odd + ["a", "c"]).sorted())
    }

    @Test(arguments: [
        (TagEdit(adding: ["new"], removing: ["runtime:dev"]), TagError.systemTags(["runtime:dev"])),
        (TagEdit(adding: ["new", ""]), .empty),
        (TagEdit(adding: ["new", String(repeating: "ä", count: 501)]), .tooLong(String(repeating: "ä", count: 501))),
        (TagEdit(adding: ["new", "\u{FFFD}"]), .notText("\u{FFFD}")),
        (TagEdit(adding: (0..<50).map { "t\($0)" }), .tooMany(51)),
    ])
    func aChangeThatBreaksARuleChangesNothing(edit: TagEdit, error: TagError) throws {
        let run = try scenario.begin("1", tags: ["a"], system: ["runtime:dev"])
        #expect(throws: error) { try ledger.editTags(of: run, edit) }
        #expect(try ledger.run(run)?.userTags == ["a"])
        #expect(try ledger.editTags(of: run, TagEdit(adding: (0..<50).map { "t\($0)" }, removing: ["a"]))?.userTags.count == 50)
    }

    @Test func theCodePackageIsKept() throws {
        let run = try scenario.begin("1")
        #expect(try ledger.codePackage(of: run) == nil)
        let package = CodePackageRecord(digest: SHA256Digest(hashing: "code"), script: "flow.py", metadata: "{}")
        try ledger.commit([.codePackage(package)], of: run)
        #expect(try ledger.codePackage(of: run) == package)
    }

    @Test func theSnapshotIsKept() throws {
        let run = try scenario.begin("1")
        #expect(try ledger.snapshots(of: run) == [])
        let (plain, packed) = (SHA256Digest(hashing: "wheel"), SHA256Digest(hashing: "small wheel"))
        let wheel = SnapshotEntry(
            kind: .wheel, name: "b-1-py3-none-any.whl", blob: StoredBlob(digest: plain, size: 9, codec: .plain, place: .loose))
        let built = SnapshotEntry(
            kind: .builtWheel, name: "a-1-py3-none-any.whl",
            blob: StoredBlob(digest: packed, size: 3, codec: .plain, place: .packed(pack: "p", offset: 1, length: 3)), source: plain)
        try ledger.commit([.snapshot([wheel, built])], of: run)
        try ledger.commit([.snapshot([wheel])], of: run)
        #expect(try ledger.snapshots(of: run) == [built, wheel])
        #expect(try ledger.blob(packed) == built.blob)
        #expect(try ledger.snapshots(of: try scenario.begin("2")) == [])
    }

    @Test func aRunWithoutEndIsRunningAsLongAsItsEngineLives() throws {
        let run = try scenario.begin("1")
        #expect(try ledger.run(run)?.state == .abandoned)
        do {
            let log = try RunLogWriter(scenario.store, flow: "TestFlow", run: "1")
            #expect(try ledger.run(run)?.state == .running)
            #expect(log.end == 0)
        }
        // A process that another test is just starting may hold the lock until its program begins.
        let deadline = ContinuousClock.now + .seconds(30)
        while try ledger.run(run)?.state == .running, ContinuousClock.now < deadline { usleep(1000) }
        let record = try #require(try ledger.run(run))
        #expect(record.state == .abandoned && !record.isFinished && !record.isSuccessful)
        try scenario.end(run, succeeded: false)
        #expect(try ledger.run(run)?.state == .failed)
    }

    @Test func aCommitIsWholeOrNothing() throws {
        let run = try scenario.begin("1")
        let twice = LedgerEntry.taskCreated(TaskCreation(task: "1", step: "work", at: .now()))
        #expect(throws: LedgerError.self) { try ledger.commit([twice, twice], of: run) }
        #expect(try ledger.tasks(of: run) == [])
        #expect(try ledger.steps(of: run) == [])
        // A run that was not begun is not invented.
        let unknown = RunKey(flow: "TestFlow", run: "2")
        #expect { try ledger.commit([twice], of: unknown) } throws: {
            ($0 as? LedgerError)?.fault == .unknownRun("TestFlow/2")
        }
        // One that was begun in a transaction that failed was not begun.
        let begun = LedgerEntry.runBegan(RunBeginning(at: .now(), username: "me"))
        #expect(throws: LedgerError.self) { try ledger.commit([begun, twice, twice], of: unknown) }
        #expect(try ledger.run(unknown) == nil)
        try ledger.commit([begun, twice], of: unknown)
        #expect(try ledger.tasks(of: unknown).count == 1)
    }

    @Test func blobsAreWhereTheyWereStoredLast() throws {
        let run = try scenario.begin("1")
        let digest = SHA256Digest(hashing: "x")
        let packed = StoredBlob(
            digest: digest, size: 1, codec: .zstd, place: .packed(pack: "p.pack", offset: 1 << 40, length: 9))
        let loose = StoredBlob(digest: SHA256Digest(hashing: "y"), size: 1 << 35, codec: .plain, place: .loose)
        try ledger.commit([.blobs([packed, loose])], of: run)
        var later = packed
        later.place = .packed(pack: "q.pack", offset: 0, length: 9)
        try ledger.commit([.blobs([later])], of: run)
        #expect(try ledger.blob(digest) == later)
        #expect(try ledger.blob(loose.digest) == loose)
        #expect(ledger.storedBlob(of: digest) == later)
    }
}
