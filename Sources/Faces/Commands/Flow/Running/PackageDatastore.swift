import Diagnostics
import Ledger
import ObjectStores
import PackageSources
import Remotes
import RunDriver
import SystemPackage

/// The datastore of a run as a place where packages are, and where they are put.
struct PackageDatastore {
    let records: RunRecords
    let policy: SnapshotPolicy
    /// Whether packages are looked for in it before an index is asked.
    let isFirst: Bool
    /// Where engines of other platforms are.
    private let engines: FilePath?
    /// Whether the packages of all targets of a lock are kept.
    private let coversAllTargets: Bool

    /// - Parameter typed: what `--snapshot` says.
    init(_ records: RunRecords, snapshot typed: String?, settings: Settings) throws {
        self.records = records
        let choices = OptionChoices(settings: settings)
        let policies = SnapshotPolicy.allCases.map(\.rawValue)
        let policy = try choices.checked("snapshot", typed, "SNAPSHOT", of: policies, later: [])
        self.policy = policy.flatMap { SnapshotPolicy(rawValue: $0) } ?? .remote
        isFirst = choices.text("ARCHIVES") == "datastore"
        coversAllTargets = choices.text("SNAPSHOT_TARGETS") == "all"
        engines = choices.text("ENGINES").map { FilePath(AbsolutePath($0).text) }
    }

    /// Whether the run has a snapshot.
    var hasSnapshot: Bool { policy.covers(isRemote: records.remote != nil) }

    /// Puts the engine beside what the environments are made of, and all of it into the remote datastore, if there is one. What
    /// the run has to record. Blocks.
    func completed(_ environments: [SnapshotEntry], in session: FlowSession) throws -> [SnapshotEntry] {
        guard hasSnapshot else { return [] }
        let entries = try environments + EngineSnapshot(records: records, folder: engines).entries()
        guard records.remote != nil else { return entries }
        let progress = ProgressRenderer(session.error)
        defer { progress.finish() }
        let cache = try CacheDirectory.discover(environment: session.environment)
        if let keeper = try opened(in: session, cache: cache, progress: progress.sink).keeper {
            try waitingUnlessInterrupted { try await keeper.publish(entries) }
        }
        return entries
    }

    func opened(
        in session: FlowSession, cache: CacheDirectory, progress: @escaping ProgressSink
    ) throws -> (supply: ArchiveSupply, keeper: SnapshotKeeper?) {
        let source = try SnapshotSource(
            ledger: records.ledger, store: records.store, objects: records.remote?.store.objects,
            environment: session.environment, cache: cache, progress: progress)
        let keeper = SnapshotKeeper(
            store: records.store, source: source, cache: cache, publisher: records.remote?.publisher,
            coversAllTargets: coversAllTargets, progress: progress)
        return (ArchiveSupply(source, isFirst: isFirst), hasSnapshot ? keeper : nil)
    }
}
