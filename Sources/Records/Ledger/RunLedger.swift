package import Datastore
package import FlowModel
package import Digests
private import GRDB

/// Which runs are asked for.
package struct RunQuery: Sendable, Hashable {
    /// Tags that a run must all have, of the person's or the system's.
    package var tags: [String] = []
    /// The most recent so many.
    package var limit: Int?
    package init() {}
}

package final class RunLedger: BlobIndex {
    package let location: StoreLocation
    package init(_ location: StoreLocation, mode: LedgerMode = .write) throws(LedgerError) { self.location = location }

    package func commit(_ entries: [LedgerEntry], of run: RunKey) throws(LedgerError) {}
    package func editTags(of run: RunKey, adding: [String], removing: [String]) throws(LedgerError) -> RunRecord? { nil }

    package func flows() throws(LedgerError) -> [FlowRecord] { [] }
    package func flow(_ name: FlowName) throws(LedgerError) -> FlowRecord? { nil }
    package func runs(of flow: FlowName, matching query: RunQuery = RunQuery()) throws(LedgerError) -> [RunRecord] { [] }
    package func run(_ key: RunKey) throws(LedgerError) -> RunRecord? { nil }
    package func latestRun(of flow: FlowName) throws(LedgerError) -> RunRecord? { nil }
    package func latestSuccessfulRun(of flow: FlowName) throws(LedgerError) -> RunRecord? { nil }
    package func codePackage(of run: RunKey) throws(LedgerError) -> CodePackageRecord? { nil }
    package func steps(of run: RunKey) throws(LedgerError) -> [StepRecord] { [] }
    package func step(_ name: StepName, of run: RunKey) throws(LedgerError) -> StepRecord? { nil }
    package func tasks(of run: RunKey, step: StepName? = nil, limit: Int? = nil) throws(LedgerError) -> [TaskRecord] { [] }
    package func task(_ key: TaskKey) throws(LedgerError) -> TaskRecord? { nil }
    package func attempts(of key: TaskKey) throws(LedgerError) -> [AttemptRecord] { [] }
    package func artifacts(of attempt: AttemptKey, in run: RunKey) throws(LedgerError) -> [ArtifactRecord] { [] }
    package func artifact(_ name: String, of attempt: AttemptKey, in run: RunKey) throws(LedgerError) -> ArtifactRecord? { nil }
    package func metadata(of key: TaskKey) throws(LedgerError) -> [MetadataRecord] { [] }
    package func blob(_ digest: SHA256Digest) throws(LedgerError) -> StoredBlob? { nil }
    package func storedBlob(of digest: SHA256Digest) -> StoredBlob? { try? blob(digest) }
    package func close() {}
}
