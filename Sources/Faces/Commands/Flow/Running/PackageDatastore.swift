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
        isFirst = try Self.isChosen("datastore", over: "index", by: "ARCHIVES", choices)
        coversAllTargets = try Self.isChosen("all", over: "own", by: "SNAPSHOT_TARGETS", choices)
        engines = choices.text("ENGINES").map { FilePath(AbsolutePath($0).text) }
    }

    /// Whether a setting without an option has the first of two values; by default it has the second.
    private static func isChosen(
        _ first: String, over second: String, by name: String, _ choices: OptionChoices
    ) throws(SnapshotSettingError) -> Bool {
        let value = choices.text(name) ?? second
        guard [first, second].contains(value) else {
            throw SnapshotSettingError(name: "PENSTOCK_\(name)", value: value, known: [first, second])
        }
        return value == first
    }

    /// Whether steps run on clusters: their nodes have nothing but the snapshot.
    var isForClusters = false

    /// Whether the run has a snapshot.
    var hasSnapshot: Bool { isForClusters || policy.covers(isRemote: records.remote != nil) }

    /// Puts the engine beside what the environments are made of, and all of it into the remote datastore, if there is one. What
    /// the run has to record. Blocks.
    func completed(_ environments: [SnapshotEntry], in session: FlowSession) throws -> [SnapshotEntry] {
        guard hasSnapshot else { return [] }
        let entries = try environments + engineEntries()
        guard records.remote != nil else { return entries }
        let progress = ProgressRenderer(session.error)
        defer { progress.finish() }
        let cache = try CacheDirectory.discover(environment: session.environment)
        if let keeper = try opened(in: session, cache: cache, progress: progress.sink).keeper {
            try waitingUnlessInterrupted { try await keeper.publish(entries) }
        }
        return entries
    }

    /// The engines of this platform and of others, as they are recorded; those of a run on clusters are kept as they are, so that a
    /// node can fetch them without an engine. Blocks.
    private func engineEntries() throws -> [SnapshotEntry] {
        try EngineSnapshot(records: records, folder: engines, isPlain: isForClusters).entries()
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

/// A setting about snapshots that says something unknown.
struct SnapshotSettingError: DiagnosticError {
    var name: String
    var value: String
    var known: [String]

    var diagnostic: Diagnostic {
        Diagnostic(
            .usage, "\(name) is '\(value)', which is unknown", help: "set it to \(known.joined(separator: " or ")), or unset it")
    }
}
