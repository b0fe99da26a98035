package import Datastore
package import Digests

/// An artifact as an attempt has it, its own or inherited.
package struct ArtifactRecord: Sendable, Hashable {
    package var name: String
    package var digest: SHA256Digest
    package var size: Int64
    package var type: String
    package var encoding: String
    /// Whether the attempt itself stored it.
    package var isOwn: Bool
    package var createdAt: WallTime
}
