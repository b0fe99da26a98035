import Datastore
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import ObjectStores
import Remotes
import SystemPackage
import TestSupport

/// A project's folder on a machine of its own, with a remote that others have too.
struct Machine {
    let folder: TemporaryFolder
    let ledger: RunLedger
    let blobs: BlobStore
    let objects: any ObjectStore
    let remote: LedgerRemote

    /// - Parameter folder: an existing one, when the machine was there before.
    init(_ objects: any ObjectStore, in folder: TemporaryFolder? = nil) throws {
        self.folder = try folder ?? TemporaryFolder()
        let location = StoreLocation(root: self.folder.path.appending(".penstock"))
        try location.prepare()
        ledger = try RunLedger(location, remote: objects.address)
        guard let remote = ledger.remote else { throw ObjectStoreError.cancelled }
        self.remote = remote
        self.objects = objects
        blobs = try BlobStore(
            location, index: ledger, origin: RemoteBlobs(ledger: ledger, objects: objects, remote: remote))
    }

    /// The same folder without the remote.
    func alone() throws -> RunLedger { try RunLedger(ledger.location) }

    @discardableResult
    func publish(_ run: RunKey) async throws -> Int {
        try await RemotePublisher(ledger: ledger, blobs: blobs, objects: objects, remote: remote).publish(run)
    }

    @discardableResult
    func bringRecords(flow: FlowName? = nil, run: RunID? = nil) async throws -> RecordImporter.Summary {
        try await RecordImporter(ledger: ledger, objects: objects, remote: remote).importRecords(flow: flow, run: run)
    }

    /// All that is recorded of a run, as text.
    func told(of run: RunKey) throws -> [String] {
        try ledger.entries(of: run).map { String(decoding: try EntryLines.text([$0]), as: UTF8.self) }
    }

    /// Reads every artifact that the run's tasks stored.
    func values(of run: RunKey) throws -> [String: [UInt8]] {
        var values: [String: [UInt8]] = [:]
        for case .artifacts(let attempt, let artifacts) in try ledger.entries(of: run) {
            for artifact in artifacts {
                guard let blob = try ledger.blob(artifact.digest) else { continue }
                values["\(attempt.task)/\(attempt.attempt)/\(artifact.name)"] = try blobs.read(blob)
            }
        }
        return values
    }

    /// Records a run whose tasks store values, in several transactions, with all kinds of entries.
    @discardableResult
    func record(_ name: RunID, tasks: Int = 4, into ledger: RunLedger? = nil, origin: RunID? = nil, seed: UInt64 = 1) throws -> RunKey {
        let ledger = ledger ?? self.ledger
        let run = RunKey(flow: "TestFlow", run: name)
        let log = try RunLogWriter(ledger.location, flow: run.flow.text, run: run.run.text)
        let at = WallTime(microseconds: 1_000_000)
        try ledger.commit(
            [
                .runBegan(
                    RunBeginning(
                        at: at, username: "tester", userTags: ["mine"], systemTags: ["runtime:dev"], originRun: origin,
                        metadata: [MetadataEntry(name: "a", value: "b\n\"c\"", type: "t")], configuration: "{}"))
            ], of: run)
        let code = try blobs.put(Array("the code of \(name)".utf8))
        try ledger.commit(
            [.blobs([code]), .codePackage(CodePackageRecord(digest: code.digest, script: "flow.py", metadata: "{}"))], of: run)
        for number in 0..<tasks { try record(number, of: run, into: ledger, log, origin: origin, seed: seed) }
        try ledger.commit([.runEnded(RunEnd(at: at, succeeded: true, endTask: TaskID(number: tasks - 1)))], of: run)
        return run
    }

    private func record(
        _ number: Int, of run: RunKey, into ledger: RunLedger, _ log: RunLogWriter, origin: RunID?, seed: UInt64
    ) throws {
        let task = TaskID(number: number)
        let key = AttemptKey(task: task, attempt: 0)
        let at = WallTime(microseconds: 2_000_000 + Int64(number))
        let base = number == 0
            ? origin.map { AttemptReference(run: $0, AttemptKey(task: TaskID(number: 1), attempt: 0)) }
            : AttemptReference(AttemptKey(task: TaskID(number: number - 1), attempt: 0))
        let start = log.end
        try log.append(
            Array("task \(number) of \(run.run)\n".utf8), from: LogSource(task: task.text, attempt: 0), stream: .stdout, at: at)
        let small = try blobs.put(Array("value \(number) \(seed)".utf8))
        // Above what goes into a pack, and not to be compressed.
        let large = try blobs.put(Self.noise(100_000 + number, seed: seed))
        let page = try blobs.put(Array("<html>\(number)</html>".utf8))
        try ledger.commit(
            [
                .taskCreated(
                    TaskCreation(
                        task: task, step: number == 0 ? "start" : "work", at: at, index: number, frames: "[]",
                        inputs: number == 0 ? [] : [TaskID(number: number - 1)],
                        origin: number == 0 ? origin.map { TaskOrigin(run: $0, task: "1") } : nil)),
                .attemptBegan(
                    AttemptBeginning(
                        attempt: key, at: at, inherits: base, logStart: start, isClone: number == 0 && origin != nil)),
                .metadata(key, [MetadataEntry(name: "n", value: "\(number)", type: "n")], at: at),
                .blobs([small, large, page]),
                .artifacts(key, [small, large].enumerated().map { place, blob in
                    ArtifactEntry(
                        name: "v\(place)", digest: blob.digest, size: blob.size, type: "bytes", encoding: "plain")
                }),
                .attemptEnded(
                    AttemptEnd(attempt: key, at: at, succeeded: true, exitStatus: 0, transition: "{}", logEnd: log.end)),
                .card(key, CardEntry(type: "blank", id: nil, hash: "h", digest: page.digest, size: page.size, at: at)),
                .cardData(key, CardDataEntry(type: "blank", id: "x", digest: page.digest, at: at)),
            ], of: run)
    }

    static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
