import Datastore
import Digests
import FlowModel
import Ledger
import StoreCare
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A store of one test, with runs that keep texts and large noise.
final class CareScenario: Sendable {
    let folder: FilePath
    let ledger: RunLedger

    init() throws {
        var template = Array("/tmp/penstock-care-XXXXXX".utf8CString)
        _ = mkdtemp(&template)
        folder = FilePath(platformString: template)
        ledger = try RunLedger(StoreLocation(root: folder.appending(".penstock")))
    }

    deinit { Self.remove(folder) }

    var location: StoreLocation { ledger.location }
    var files: StoreFiles { StoreFiles(location) }

    /// A store as another process would open it.
    func store() throws -> BlobStore { try BlobStore(location, index: ledger) }
    func collection() throws -> StoreCollection { StoreCollection(ledger: ledger, store: try store()) }
    func verification() throws -> StoreVerification { StoreVerification(ledger: ledger, store: try store()) }

    static func key(_ run: RunID) -> RunKey { RunKey(flow: "CareFlow", run: run) }

    /// A run of one task that has these artifacts, and a log; over unless it is said to go on.
    @discardableResult
    func run(_ id: RunID, _ values: [String: [UInt8]], origin: RunID? = nil, at: Int64 = 1000) throws -> RunKey {
        let (key, attempt, time) = (Self.key(id), AttemptKey(task: "1", attempt: 0), WallTime(microseconds: at))
        let writer = try RunLogWriter(location, flow: key.flow.text, run: key.run.text)
        try writer.append(Array("hello\n".utf8), from: LogSource(task: "1", attempt: 0), stream: .stdout, at: time)
        try begin(key, origin: origin, at: time)
        let store = try store()
        let blobs = try values.mapValues { try store.put($0) }
        try ledger.commit(
            [
                .taskCreated(TaskCreation(task: "1", step: "start", at: time)),
                .attemptBegan(AttemptBeginning(attempt: attempt, at: time)), .blobs(Array(blobs.values)),
                .artifacts(attempt, blobs.map { Self.artifact($0, $1) }),
                .metadata(attempt, [MetadataEntry(name: "colour", value: "red", type: "colour")], at: time),
                .attemptEnded(AttemptEnd(attempt: attempt, at: time, succeeded: true, logEnd: writer.end)),
                .runEnded(RunEnd(at: time, succeeded: true)),
            ], of: key)
        return key
    }

    /// A run whose only task was taken over from another run.
    @discardableResult
    func resumed(_ id: RunID, from origin: RunID, at: Int64 = 2000) throws -> RunKey {
        let (key, attempt, time) = (Self.key(id), AttemptKey(task: "1", attempt: 0), WallTime(microseconds: at))
        try begin(key, origin: origin, at: time)
        try ledger.commit(
            [
                .taskCreated(
                    TaskCreation(task: "1", step: "start", at: time, origin: TaskOrigin(run: origin, task: "1"))),
                .attemptBegan(
                    AttemptBeginning(
                        attempt: attempt, at: time, inherits: AttemptReference(run: origin, attempt), isClone: true)),
                .attemptEnded(AttemptEnd(attempt: attempt, at: time, succeeded: true)),
                .runEnded(RunEnd(at: time, succeeded: true)),
            ], of: key)
        return key
    }

    private func begin(_ key: RunKey, origin: RunID?, at time: WallTime) throws {
        try ledger.commit(
            [.runBegan(RunBeginning(at: time, username: "tester", userTags: ["kept"], originRun: origin))], of: key)
    }

    private static func artifact(_ name: String, _ blob: StoredBlob) -> ArtifactEntry {
        ArtifactEntry(name: name, digest: blob.digest, size: blob.size, type: "bytes", encoding: "plain")
    }

    func delete(_ key: RunKey) throws {
        guard let run = try ledger.run(key) else { return }
        try RunDeletion(ledger: ledger).delete(run)
    }

    /// The values of a run, read as another process would.
    func values(of key: RunKey) throws -> [String: [UInt8]] {
        let store = try store()
        return try ledger.artifacts(of: AttemptKey(task: "1", attempt: 0), in: key).reduce(into: [:]) { values, artifact in
            values[artifact.name] = try ledger.blob(artifact.digest).map { try store.read($0) }
        }
    }

    private static func remove(_ path: FilePath) {
        if let stream = opendir(path.string) {
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                if name == "." || name == ".." { continue }
                let child = path.appending(name)
                if entry.pointee.d_type == DT_DIR { remove(child) } else { unlink(child.string) }
            }
            closedir(stream)
        }
        rmdir(path.string)
    }
}

/// Bytes that do not compress, and are the same each time.
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 32)
    }
}

/// Changes a byte of a file, however it is protected.
func damage(_ path: FilePath, at offset: off_t) {
    chmod(path.string, 0o644)
    let descriptor = open(path.string, O_RDWR)
    var byte: UInt8 = 0
    pread(descriptor, &byte, 1, offset)
    byte ^= 0xFF
    pwrite(descriptor, &byte, 1, offset)
    close(descriptor)
}
