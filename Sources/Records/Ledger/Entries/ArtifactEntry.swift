package import Digests

/// An artifact that an attempt stored.
package struct ArtifactEntry: Sendable, Hashable, Codable {
    package var name: String
    /// The blob that holds the value.
    package var digest: SHA256Digest
    /// The plain bytes of the value.
    package var size: Int64
    /// The type as the worker named it.
    package var type: String
    /// How the bytes say the value: `pickle-4` for Python.
    package var encoding: String
    /// False only for what a long chain of attempts has copied from the one before.
    package var isOwn = true

    private enum CodingKeys: String, CodingKey {
        case name, digest, size, type, encoding
        case isOwn = "is_own"
    }

    package init(name: String, digest: SHA256Digest, size: Int64, type: String, encoding: String) {
        self.name = name
        self.digest = digest
        self.size = size
        self.type = type
        self.encoding = encoding
    }
}

/// A named text about an attempt.
package struct MetadataEntry: Sendable, Hashable {
    package var name: String
    package var value: String
    package var type: String

    package init(name: String, value: String, type: String) {
        self.name = name
        self.value = value
        self.type = type
    }
}

/// The code package of a run.
package struct CodePackageRecord: Sendable, Hashable, Codable {
    /// The blob that holds the archive.
    package var digest: SHA256Digest
    /// The flow file, relative to the root of the package.
    package var script: String
    /// What readers of the archive need to know, as JSON.
    package var metadata: String

    package init(digest: SHA256Digest, script: String, metadata: String) {
        self.digest = digest
        self.script = script
        self.metadata = metadata
    }
}
