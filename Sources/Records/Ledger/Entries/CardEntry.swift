package import Datastore
package import Digests

/// A card of an attempt.
package struct CardEntry: Sendable, Hashable, Codable {
    package var type: String
    /// The name that the person gave it.
    package var id: String?
    /// Tells cards of one type apart.
    package var hash: String
    /// The blob that holds the page.
    package var digest: SHA256Digest
    /// Bytes of the page.
    package var size: Int64
    package var at: WallTime

    package init(type: String, id: String?, hash: String, digest: SHA256Digest, size: Int64, at: WallTime) {
        self.type = type
        self.id = id
        self.hash = hash
        self.digest = digest
        self.size = size
        self.at = at
    }
}

/// What a card shows while its task runs.
package struct CardDataEntry: Sendable, Hashable, Codable {
    package var type: String
    package var id: String?
    /// The blob that holds the JSON.
    package var digest: SHA256Digest
    package var at: WallTime

    package init(type: String, id: String?, digest: SHA256Digest, at: WallTime) {
        self.type = type
        self.id = id
        self.digest = digest
        self.at = at
    }
}
