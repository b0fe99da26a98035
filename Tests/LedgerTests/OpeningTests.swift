import Datastore
import Diagnostics
import Dispatch
import FlowModel
import Ledger
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct OpeningTests {
    @Test func nothingIsMadeForReading() throws {
        let folder = Scenario.newFolder()
        defer { Scenario.remove(folder) }
        let location = StoreLocation(root: folder.appending(".penstock"))
        #expect { try RunLedger(location, mode: .read) } throws: { ($0 as? LedgerError)?.fault == .missing }
        #expect(Scenario.names(in: folder) == [])
    }

    @Test func whatOneWritesAnotherReads() throws {
        let scenario = try Scenario()
        let reader = try RunLedger(scenario.store, mode: .read)
        let run = try scenario.begin("1")
        #expect(try reader.run(run) != nil)
        try scenario.end(run, succeeded: true)
        #expect(try reader.run(run)?.isSuccessful == true)
        // A reader may change tags, and the writer sees it.
        _ = try reader.editTags(of: run, adding: ["seen"], removing: [])
        #expect(try scenario.ledger.run(run)?.userTags == ["seen"])
    }

    /// The number of applied changes stands in the header of the file, at byte 60, big-endian.
    @Test func aNewerLedgerIsRefused() throws {
        let folder = Scenario.newFolder()
        defer { Scenario.remove(folder) }
        let location = StoreLocation(root: folder.appending(".penstock"))
        do {
            let scenario = try Scenario(in: folder)
            try scenario.fillLog()
            try scenario.ledger.settle()
        }
        let descriptor = open(location.ledger.string, O_WRONLY)
        pwrite(descriptor, [UInt8]([0, 0, 3, 231]), 4, 60)
        close(descriptor)
        for mode in [LedgerMode.read, .write] {
            #expect { try RunLedger(location, mode: mode) } throws: { error in
                guard let error = error as? LedgerError, case .newer(999, _) = error.fault else { return false }
                return error.diagnostic.headline.contains("999") && error.diagnostic.help != nil
            }
        }
    }

    @Test(arguments: [[UInt8]("this is no database, but it is a long enough text to be taken for one".utf8), [1, 2, 3]])
    func anotherFileIsNamedAsDamaged(content: [UInt8]) throws {
        let folder = Scenario.newFolder()
        defer { Scenario.remove(folder) }
        let location = StoreLocation(root: folder.appending(".penstock"))
        try location.prepare()
        let descriptor = open(location.ledger.string, O_WRONLY | O_CREAT, 0o644)
        _ = write(descriptor, content, content.count)
        close(descriptor)
        #expect { try RunLedger(location) } throws: { error in
            guard let error = error as? LedgerError, case .damaged = error.fault else { return false }
            return error.path == location.ledger.string
        }
    }

    @Test func manyMayMakeItAtOnce() throws {
        let folder = Scenario.newFolder()
        defer { Scenario.remove(folder) }
        let location = StoreLocation(root: folder.appending(".penstock"))
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            let run = RunKey(flow: "TestFlow", run: RunID("\(number)"))
            #expect(throws: Never.self) {
                let ledger = try RunLedger(location)
                try ledger.commit([.runBegan(RunBeginning(at: .now(), username: "me"))], of: run)
                for task in 1...20 {
                    let entry = TaskCreation(task: TaskID(number: task), step: "work", at: .now())
                    try ledger.commit([.taskCreated(entry)], of: run)
                }
            }
        }
        let reader = try RunLedger(location, mode: .read)
        #expect(try reader.runs(of: "TestFlow").count == 8)
        for record in try reader.runs(of: "TestFlow") {
            #expect(try reader.tasks(of: record.key).count == 20)
        }
    }

    /// A reader sees whole commits: as many ended attempts as the commit that it sees says.
    @Test func readsDuringWritesSeeWholeCommits() throws {
        let scenario = try Scenario()
        let run = try scenario.begin("1")
        let rounds = 100
        DispatchQueue.concurrentPerform(iterations: 3) { role in
            #expect(throws: Never.self) {
                if role == 0 {
                    for round in 1...rounds {
                        let entries = (0..<4).map { part in
                            LedgerEntry.taskCreated(
                                TaskCreation(task: TaskID(number: round * 4 + part), step: "work", at: .now()))
                        }
                        try scenario.ledger.commit(entries, of: run)
                    }
                } else {
                    let reader = try RunLedger(scenario.store, mode: .read)
                    var seen = 0
                    while seen < rounds * 4 {
                        let count = try reader.tasks(of: run).count
                        #expect(count % 4 == 0 && count >= seen)
                        seen = count
                    }
                }
            }
        }
    }

    @Test func settlingEmptiesTheLog() throws {
        let scenario = try Scenario()
        let run = try scenario.begin("1")
        #expect(scenario.logSize < 1 << 20)
        try scenario.ledger.settle()
        #expect(scenario.logSize > 0)
        try scenario.fillLog()
        #expect(scenario.logSize > 1 << 20)
        try scenario.ledger.settle()
        #expect(scenario.logSize == 0)
        #expect(try RunLedger(scenario.store, mode: .read).run(run) != nil)
    }

    @Test func settlingLeavesOthersInPeace() throws {
        let scenario = try Scenario()
        let other = try RunLedger(scenario.store)
        try scenario.fillLog()
        try other.settle()
        try scenario.begin("after")
        #expect(try other.run(RunKey(flow: "TestFlow", run: "after")) != nil)
    }

    @Test func aClosedLedgerKeepsItsLog() throws {
        let folder = Scenario.newFolder()
        defer { Scenario.remove(folder) }
        let run = try Scenario(in: folder).begin("1")
        let reopened = try Scenario(in: folder)
        #expect(reopened.logSize > 0)
        #expect(try reopened.ledger.run(run) != nil)
    }
}
