package import Digests
package import PythonPackaging
package import SystemPackage

/// How far an `ArchiveSource` goes for an archive.
package enum ArchiveReach: Sendable, Hashable {
    /// Only to the disks of this machine.
    case here
    /// Over the network too.
    case anywhere
}

/// A wheel that an `ArchiveSource` has.
package struct KeptWheel: Sendable, Hashable {
    package var filename: WheelFilename
    package var sha256: SHA256Digest
    /// In bytes.
    package var size: Int64

    package init(filename: WheelFilename, sha256: SHA256Digest, size: Int64) {
        self.filename = filename
        self.sha256 = sha256
        self.size = size
    }
}

/// Archives by their SHA-256, to be had without an index: what a datastore keeps of the runs in it.
package protocol ArchiveSource: Sendable {
    /// Puts an archive at a path, checked.
    ///
    /// - Parameters:
    ///   - size: in bytes, if it is known.
    ///   - path: in a folder that exists; the file appears there whole, or not at all.
    ///   - follower: may look at the file while it comes.
    /// - Returns: `false`, with nothing made, if the source does not have it.
    func fetch(
        _ sha256: SHA256Digest, size: Int64?, to path: FilePath, _ follower: (any DownloadFollower)?,
        within reach: ArchiveReach
    ) async throws -> Bool

    /// The wheels that were built of a source, the newest first.
    ///
    /// - Parameter source: stands for the source, as `LockSelection.sourceKey` does.
    func wheels(builtOf source: SHA256Digest) async throws -> [KeptWheel]

    /// The SHA-256 of archives that are kept by something else, the newest first: those of channels that tell an MD5 alone.
    func archives(keptAs key: SHA256Digest) async throws -> [SHA256Digest]
}

extension ArchiveSource {
    /// None, where nothing is kept so.
    package func archives(keptAs key: SHA256Digest) async throws -> [SHA256Digest] { [] }
}

/// A source of archives, and its rank.
package struct ArchiveSupply: Sendable {
    package var source: any ArchiveSource
    /// Whether all of it is asked before an index. Otherwise only what is on this machine is, and the rest where an index
    /// fails.
    package var isFirst: Bool

    package init(_ source: any ArchiveSource, isFirst: Bool) {
        self.source = source
        self.isFirst = isFirst
    }
}
