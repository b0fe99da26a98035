import Datastore
import Digests
import FlowModel
import Ledger
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder for one test, with shorthands for writing to its ledger.
final class Scenario: Sendable {
    let folder: FilePath
    let ledger: RunLedger
    private let isOwner: Bool

    /// - Parameter folder: a folder that somebody else removes; by default one of its own.
    init(in folder: FilePath? = nil) throws {
        isOwner = folder == nil
        self.folder = folder ?? Self.newFolder()
        ledger = try RunLedger(StoreLocation(root: self.folder.appending(".penstock")))
    }

    deinit {
        if isOwner { Self.remove(folder) }
    }

    /// The size of the write-ahead log.
    var logSize: Int {
        var status = stat()
        return stat(store.ledger.string + "-wal", &status) == 0 ? Int(status.st_size) : -1
    }

    /// Makes the write-ahead log larger than is left alone.
    func fillLog() throws {
        let run = try begin(RunID("filling"), of: "FillFlow")
        for number in 0..<60 {
            let frames = String(repeating: "x", count: 40_000)
            let task = TaskCreation(task: TaskID(number: number), step: "work", at: .now(), frames: frames)
            try ledger.commit([.taskCreated(task)], of: run)
        }
    }

    var store: StoreLocation { ledger.location }

    static func newFolder() -> FilePath {
        var template = Array("/tmp/penstock-ledger-XXXXXX".utf8CString)
        _ = mkdtemp(&template)
        return FilePath(platformString: template)
    }

    static func remove(_ path: FilePath) {
        for name in names(in: path) {
            let child = path.appending(name)
            if unlink(child.string) != 0 { remove(child) }
        }
        rmdir(path.string)
    }

    static func names(in path: FilePath) -> [String] {
        guard let stream = opendir(path.string) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Begins a run; `at` orders runs.
    @discardableResult
    func begin(
        _ run: RunID, of flow: FlowName = "TestFlow", at: Int64 = 1000, tags: [String] = [], system: [String] = [],
        origin: RunID? = nil, metadata: [MetadataEntry] = []
    ) throws -> RunKey {
        let key = RunKey(flow: flow, run: run)
        try ledger.commit(
            [
                .runBegan(
                    RunBeginning(
                        at: WallTime(microseconds: at), username: "tester", userTags: tags, systemTags: system,
                        originRun: origin, metadata: metadata))
            ], of: key)
        return key
    }

    func end(_ run: RunKey, succeeded: Bool, at: Int64 = 9000, task: TaskID? = nil) throws {
        try ledger.commit(
            [.runEnded(RunEnd(at: WallTime(microseconds: at), succeeded: succeeded, endTask: task))], of: run)
    }

    /// Creates a task and begins an attempt at it.
    @discardableResult
    func start(
        _ task: TaskID, of run: RunKey, step: StepName = "work", attempt: AttemptNumber = 0,
        inherits: AttemptReference? = nil, index: Int? = nil, inputs: [TaskID] = [], at: Int64 = 2000
    ) throws -> AttemptKey {
        let key = AttemptKey(task: task, attempt: attempt)
        let time = WallTime(microseconds: at)
        var entries: [LedgerEntry] = []
        if attempt == 0 {
            entries.append(.taskCreated(TaskCreation(task: task, step: step, at: time, index: index, inputs: inputs)))
        }
        entries.append(.attemptBegan(AttemptBeginning(attempt: key, at: time, inherits: inherits)))
        try ledger.commit(entries, of: run)
        return key
    }

    /// Ends an attempt with these artifacts, whose values are texts.
    func finish(
        _ attempt: AttemptKey, of run: RunKey, _ values: [String: String] = [:], succeeded: Bool = true, at: Int64 = 3000
    ) throws {
        let artifacts = values.map { name, value in
            ArtifactEntry(
                name: name, digest: SHA256Digest(hashing: value), size: Int64(value.utf8.count), type: "str",
                encoding: "plain")
        }
        try ledger.commit(
            [
                .artifacts(attempt, artifacts),
                .attemptEnded(
                    AttemptEnd(attempt: attempt, at: WallTime(microseconds: at), succeeded: succeeded, exitStatus: 0)),
            ], of: run)
    }

    /// The artifacts of an attempt as names and digests.
    func values(_ attempt: AttemptKey, of run: RunKey) throws -> [String: SHA256Digest] {
        try ledger.artifacts(of: attempt, in: run).reduce(into: [:]) { $0[$1.name] = $1.digest }
    }
}
