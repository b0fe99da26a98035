private import Crypto

/// Hashes bytes as they come by, in constant memory.
public struct SHA256Hasher: Sendable {
    private var state = SHA256()

    public init() {}

    /// Adds bytes without copying them.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        state.update(bufferPointer: bytes)
    }

    /// Adds bytes; contiguous collections are not copied.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        let isContiguous = bytes.withContiguousStorageIfAvailable { buffer in
            state.update(bufferPointer: UnsafeRawBufferPointer(buffer))
        }
        if isContiguous == nil { update(Array(bytes)) }
    }

    /// The digest of everything added. The hasher can go on afterwards.
    public func finalize() -> SHA256Digest {
        let digest = state.finalize()
        guard let value = digest.withUnsafeBytes({ SHA256Digest(bytes: $0) }) else {
            preconditionFailure("SHA-256 is 32 bytes long")
        }
        return value
    }
}
