import Datastore
import RunDriver

/// Makes and stores a run's code package while its first tasks already run.
struct CodePackaging {
    init(_ session: FlowSession, environments: StepEnvironments, store: BlobStore, driver: RunDriver) {}
    func wait() {}
}
