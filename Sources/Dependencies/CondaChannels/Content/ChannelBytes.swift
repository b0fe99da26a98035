package import Archives
public import CondaPackaging

/// The bytes of repodata: a file of the cache in memory, or a shard.
public struct ChannelBytes: RepodataBytes {
    private let stored: StoredBytes?

    /// - Parameter stored: `nil` for no bytes.
    package init(_ stored: StoredBytes?) { self.stored = stored }

    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let stored else { return try body(UnsafeBufferPointer(start: nil, count: 0)) }
        return try body(UnsafeBufferPointer(start: stored.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count: stored.bytes.count))
    }
}
