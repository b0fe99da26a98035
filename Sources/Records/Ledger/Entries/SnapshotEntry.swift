package import Datastore
package import Digests

/// A blob that a run needs to be made again, besides its artifacts and its code package.
package struct SnapshotEntry: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable {
        /// A wheel as the lock names it: the digest is the lock's.
        case wheel
        /// A wheel that was built; `source` is the digest of what it was built from.
        case builtWheel = "built-wheel"
        /// An archive of sources as the lock names it.
        case sources
        /// A conda package as the lock names it; `source` stands for an archive that the lock has no SHA-256 of.
        case condaPackage = "conda-package"
        /// The engine of one platform; the name is the platform's.
        case engine
        /// An archive with a Python.
        case interpreter
    }

    package var kind: Kind
    /// The name of the file, or of the platform.
    package var name: String
    package var blob: StoredBlob
    /// The digest of the source distribution, or of whatever else it was made from.
    package var source: SHA256Digest?

    package init(kind: Kind, name: String, blob: StoredBlob, source: SHA256Digest? = nil) {
        self.kind = kind
        self.name = name
        self.blob = blob
        self.source = source
    }
}
