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

/// As JSON: the place of a packed blob stands beside the rest; a loose one has none.
extension StoredBlob: Codable {
    private enum CodingKeys: String, CodingKey {
        case digest, size, codec, pack, offset, length
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let place = try members.decodeIfPresent(String.self, forKey: .pack).map { pack in
            BlobPlace.packed(
                pack: pack, offset: try members.decode(Int64.self, forKey: .offset),
                length: try members.decode(Int64.self, forKey: .length))
        }
        self.init(
            digest: try members.decode(SHA256Digest.self, forKey: .digest),
            size: try members.decode(Int64.self, forKey: .size),
            codec: try members.decode(BlobCodec.self, forKey: .codec), place: place ?? .loose)
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(digest, forKey: .digest)
        try members.encode(size, forKey: .size)
        try members.encode(codec, forKey: .codec)
        guard case .packed(let pack, let offset, let length) = place else { return }
        try members.encode(pack, forKey: .pack)
        try members.encode(offset, forKey: .offset)
        try members.encode(length, forKey: .length)
    }
}

/// Knows blobs that earlier runs stored, so that the same bytes are not stored again.
package protocol BlobIndex: Sendable {
    /// The blob of that digest, if one is known. May be called from any thread.
    func storedBlob(of digest: SHA256Digest) -> StoredBlob?
}

/// Brings files of blobs from elsewhere.
package protocol BlobOrigin: Sendable {
    /// Puts the bytes of a blob into the store's folder. Blocks; called from any thread.
    ///
    /// - Returns: the blob where it is now; `nil` when the origin does not have it either.
    func fetch(_ blob: StoredBlob, into store: BlobStore) throws(DatastoreError) -> StoredBlob?
}
