import Datastore
import Digests
import FlowModel
import Ledger
import ObjectStores
import Remotes
import SystemPackage
import TestSupport
import Testing

@Suite struct PublishingTests {
    let folder: TemporaryFolder
    let objects: FolderObjectStore

    init() throws {
        folder = try TemporaryFolder()
        objects = FolderObjectStore(root: folder.path)
    }

    @Test func whatIsPublishedComesBackWhole() async throws {
        let (first, second) = (try Machine(objects), try Machine(objects))
        let run = try first.record("1")
        #expect(try await first.publish(run) == 1)
        #expect(try first.ledger.outboxRuns(of: first.remote).isEmpty)
        let summary = try await second.bringRecords()
        #expect(summary.runs == [run] && summary.records == 1)
        #expect(try second.told(of: run) == first.told(of: run))
        #expect(try second.values(of: run) == first.values(of: run))
        try RemoteLogs(ledger: second.ledger, objects: objects).bring(run)
        let source = LogSource(task: "2", attempt: 0)
        let texts = try [first, second].map { machine in
            try RunLogReader(machine.ledger.location, flow: "TestFlow", run: "1").text(from: source, stream: .stdout)
        }
        #expect(texts == [Array("task 2 of 1\n".utf8), Array("task 2 of 1\n".utf8)])
        let code = try #require(try second.ledger.codePackage(of: run))
        let blob = try #require(try second.ledger.blob(code.digest))
        #expect(try second.blobs.read(blob) == Array("the code of 1".utf8))
    }

    @Test func nothingIsTakenOverOrSentTwice() async throws {
        let (first, second) = (try Machine(objects), try Machine(objects))
        let run = try first.record("1")
        try await first.publish(run)
        let before = try await objects.all("")
        #expect(try await first.publish(run) == 0)
        #expect(try await objects.all("") == before)
        try await second.bringRecords()
        let told = try second.told(of: run)
        #expect(try await second.bringRecords().records == 0)
        #expect(try await first.bringRecords().records == 0)
        #expect(try second.told(of: run) == told)
        // Whoever has it from the remote has nothing to send.
        #expect(try !second.ledger.post(run, to: second.remote))
    }

    /// Any call may fail, also after it did its work. Trying again until it succeeds leads to the same as without failures.
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func failuresChangeNothing(seed: UInt64) async throws {
        let faulty = FaultyStore(objects, percent: 20, seed: seed)
        let (first, second) = (try Machine(faulty), try Machine(faulty))
        let run = try first.record("1", tasks: 12, seed: seed)
        try first.ledger.commit([.tags(TagEdit(adding: ["late"]))], of: run)
        for _ in 0..<300 where try !first.ledger.outboxRuns(of: first.remote).isEmpty {
            // A process of its own each time.
            _ = try? await Machine(faulty, in: first.folder).publish(run)
            // What the remote tells meanwhile can be read.
            let reader = try Machine(objects)
            try await reader.bringRecords()
            if try reader.ledger.run(run) != nil { #expect(try reader.values(of: run).values.allSatisfy { !$0.isEmpty }) }
        }
        #expect(try first.ledger.outboxRuns(of: first.remote).isEmpty)
        for _ in 0..<200 { if (try? await second.bringRecords()) != nil { break } }
        #expect(try second.told(of: run) == first.told(of: run))
        let values = try await reading(second, run)
        #expect(try values == first.values(of: run))
        #expect(faulty.failures > 5)
    }

    private func reading(_ machine: Machine, _ run: RunKey) async throws -> [String: [UInt8]] {
        for _ in 0..<500 { if let values = try? machine.values(of: run) { return values } }
        return [:]
    }

    @Test func recordsComeAfterWhatTheySpeakOf() async throws {
        let store = FaultyStore(objects, percent: 0, seed: 0)
        let machine = try Machine(store)
        try await machine.publish(try machine.record("1"))
        let puts = store.puts
        let record = try #require(puts.firstIndex { $0.hasPrefix("records/") })
        #expect(puts[..<record].contains { $0.hasPrefix("blobs/") } && puts[..<record].contains { $0.hasPrefix("packs/") })
        #expect(puts[..<record].contains { $0.hasPrefix("logs/") } && record == puts.count - 1)
    }

    @Test func whatIsThereIsNotSentAgain() async throws {
        let (first, second) = (try Machine(objects), try Machine(objects))
        try await first.publish(try first.record("1"))
        let store = FaultyStore(objects, percent: 0, seed: 0)
        let again = try Machine(store, in: first.folder)
        try await again.publish(try again.record("2"))
        #expect(store.puts.filter { $0.hasPrefix("blobs/") }.isEmpty)
        // Another project knows nothing of it, and looks for large ones.
        let other = FaultyStore(objects, percent: 0, seed: 0)
        let third = try Machine(other, in: second.folder)
        try await third.publish(try third.record("3"))
        #expect(other.puts.filter { $0.hasPrefix("blobs/") }.isEmpty)
        #expect(other.puts.filter { $0.hasPrefix("packs/") }.count == 1)
    }

    /// Somebody has tidied up in the remote: what is needed again is sent again.
    @Test func whatWasRemovedIsSentAgain() async throws {
        let first = try Machine(objects)
        try await first.publish(try first.record("1"))
        try await objects.remove(try await objects.all("blobs/").map(\.key) + objects.all("packs/").map(\.key))
        let later = try Machine(objects, in: first.folder)
        let run = try later.record("2")
        try await later.publish(run)
        let reader = try Machine(objects)
        try await reader.bringRecords()
        #expect(try reader.values(of: run) == later.values(of: run))
    }

    @Test func theRunThatItResumesGoesAlong() async throws {
        let first = try Machine(objects)
        let alone = try first.alone()
        let origin = try first.record("1", into: alone)
        #expect(try first.ledger.outboxRuns(of: first.remote).isEmpty)
        let run = try first.record("2", origin: "1", seed: 2)
        try await first.publish(run)
        let second = try Machine(objects)
        #expect(try await second.bringRecords(flow: "TestFlow", run: "2").runs == [origin, run])
        for key in [origin, run] {
            #expect(try second.told(of: key) == first.told(of: key))
            #expect(try second.values(of: key) == first.values(of: key))
        }
        let inherited = try second.ledger.artifact("v0", of: AttemptKey(task: "0", attempt: 0), in: run)
        #expect(inherited != nil)
    }

    @Test func tagsOfSeveralMachinesComeTogether() async throws {
        let (first, second, third) = (try Machine(objects), try Machine(objects), try Machine(objects))
        let run = try first.record("1")
        try await first.publish(run)
        try await second.bringRecords()
        _ = try second.ledger.editTags(of: run, TagEdit(adding: ["seen"], removing: ["mine"]))
        _ = try first.ledger.editTags(of: run, TagEdit(adding: ["good"]))
        try await second.publish(run)
        try await first.publish(run)
        for machine in [first, second, third] {
            try await machine.bringRecords()
            #expect(try machine.ledger.run(run)?.userTags == ["good", "seen"])
        }
    }

    /// A tag of a run that the remote does not know says nothing there.
    @Test func runsOfThisMachineAloneStayHere() async throws {
        let machine = try Machine(objects)
        let run = try machine.record("1", into: try machine.alone())
        _ = try machine.ledger.editTags(of: run, TagEdit(adding: ["good"]))
        #expect(try machine.ledger.outboxRuns(of: machine.remote).isEmpty)
        #expect(try machine.ledger.post(run, to: machine.remote))
        #expect(try await machine.publish(run) == 1)
        let reader = try Machine(objects)
        try await reader.bringRecords()
        #expect(try reader.ledger.run(run)?.userTags == ["good", "mine"])
    }

    @Test func blobsOfOthersAreHereOnceTheyWereRead() async throws {
        let (first, second) = (try Machine(objects), try Machine(objects))
        let run = try first.record("1")
        try await first.publish(run)
        try await second.bringRecords()
        let stored = try #require(try second.ledger.blob(SHA256Digest(hashing: "value 1 1")))
        #expect(!second.blobs.isAtHand(stored))
        let values = try second.values(of: run)
        #expect(second.blobs.isAtHand(stored))
        try await objects.remove(try await objects.all("").map(\.key))
        #expect(try Machine(objects, in: second.folder).values(of: run) == values)
    }

    /// What others have stored does not count as stored here.
    @Test func whatIsPutIsHere() async throws {
        let (first, second) = (try Machine(objects), try Machine(objects))
        try await first.publish(try first.record("1"))
        try await second.bringRecords()
        let run = try second.record("2")
        try await objects.remove(try await objects.all("").map(\.key))
        #expect(try second.values(of: run).count == 8)
    }
}
