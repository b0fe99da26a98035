package import Datastore
package import FlowModel

/// Metadata as it was recorded.
package struct MetadataRecord: Sendable, Hashable {
    package var entry: MetadataEntry
    package var attempt: AttemptNumber
    package var createdAt: WallTime

    package init(
        entry: MetadataEntry, attempt: AttemptNumber, createdAt: WallTime
    ) {
        self.entry = entry
        self.attempt = attempt
        self.createdAt = createdAt
    }
}
