package import Digests

/// How the bytes of a blob are kept.
package enum BlobCodec: UInt8, Sendable, Hashable, Codable {
    case plain = 0
    /// Zstandard (RFC 8878).
    case zstd = 1
}

/// Where the bytes of a blob are kept.
package enum BlobPlace: Sendable, Hashable {
    /// In a file of its own, named by the digest.
    case loose
    /// In a pack: the file's name, where the record begins, and the bytes of the record behind its header.
    case packed(pack: String, offset: Int64, length: Int64)
}

/// A blob that is in the store.
package struct StoredBlob: Sendable, Hashable {
    /// The SHA-256 of the plain bytes.
    package var digest: SHA256Digest
    /// The number of plain bytes.
    package var size: Int64
    package var codec: BlobCodec
    package var place: BlobPlace

    package init(digest: SHA256Digest, size: Int64, codec: BlobCodec, place: BlobPlace) {
        self.digest = digest
        self.size = size
        self.codec = codec
        self.place = place
    }
}

extension StoredBlob {
    /// The bytes that it takes in its pack; 0 for one that has a file of its own.
    package var bytesInPack: Int64 {
        guard case .packed(_, _, let length) = place else { return 0 }
        return Int64(PackRecord.headerSize) + length
    }
}

/// Knows blobs that earlier runs stored, so that the same bytes are not stored again.
package protocol BlobIndex: Sendable {
    /// The blob of that digest, if one is known. May be called from any thread.
    func storedBlob(of digest: SHA256Digest) -> StoredBlob?
}
