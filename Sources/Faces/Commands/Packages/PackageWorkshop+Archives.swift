import PackageSources
import Remotes
import RunDriver

extension PackageWorkshop {
    /// The packages that a datastore has of its runs.
    ///
    /// - Parameter isFirst: whether all of it is asked before an index.
    func supply(of records: RunRecords, isFirst: Bool = true) throws -> ArchiveSupply {
        ArchiveSupply(
            try SnapshotSource(
                ledger: records.ledger, store: records.store, objects: records.remote?.store.objects, environment: environment,
                cache: cache, progress: progress),
            isFirst: isFirst)
    }
}
