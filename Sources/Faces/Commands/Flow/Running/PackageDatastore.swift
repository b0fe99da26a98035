import Ledger
import Diagnostics
import PackageSources
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

    /// - Parameter typed: what `--snapshot` says.
    init(_ records: RunRecords, snapshot typed: String?, settings: Settings) throws {
        self.records = records
        let choices = OptionChoices(settings: settings)
        let policies = SnapshotPolicy.allCases.map(\.rawValue)
        let policy = try choices.checked("snapshot", typed, "SNAPSHOT", of: policies, later: [])
        self.policy = policy.flatMap { SnapshotPolicy(rawValue: $0) } ?? .remote
        isFirst = choices.text("ARCHIVES") == "datastore"
        engines = choices.text("ENGINES").map { FilePath(AbsolutePath($0).text) }
    }

    /// Whether the run has a snapshot.
    var hasSnapshot: Bool { policy.covers(isRemote: false) }

    /// Puts the engine of this run where the run can be made again from. Blocks.
    func keepEngines() throws -> [SnapshotEntry] {
        hasSnapshot ? try EngineSnapshot(records: records, folder: engines).entries() : []
    }

    func opened(
        in session: FlowSession, cache: CacheDirectory, progress: @escaping ProgressSink
    ) throws -> (supply: ArchiveSupply, keeper: SnapshotKeeper?) {
        let source = try SnapshotSource(
            ledger: records.ledger, store: records.store, environment: session.environment, cache: cache,
            progress: progress)
        let keeper = hasSnapshot ? SnapshotKeeper(store: records.store, source: source, cache: cache) : nil
        return (ArchiveSupply(source, isFirst: isFirst), keeper)
    }
}
