package import Datastore
package import FlowModel

/// A flow that has runs.
package struct FlowRecord: Sendable, Hashable {
    package var name: FlowName
    /// When its first run began.
    package var createdAt: WallTime

    package init(
        name: FlowName, createdAt: WallTime
    ) {
        self.name = name
        self.createdAt = createdAt
    }
}
