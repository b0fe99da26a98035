/// What is known of an archive beside its hashes, and for how long it may be used.
public struct ArchiveBounds: Sendable, Hashable {
    /// In bytes; another size is refused.
    public var size: Int64?
    /// More bytes than this are not read. Default: no limit.
    public var longest: Int64?
    /// For how many seconds after it was asked for an archive is used without asking again, whatever its server says.
    /// Default: what its server says.
    public var lifetime: Int64?
    /// Whether what the address had before stays in the cache when there is something new. Default: yes. No for what is large and
    /// changes often.
    public var keepsEarlier: Bool

    public init(size: Int64? = nil, longest: Int64? = nil, lifetime: Int64? = nil, keepsEarlier: Bool = true) {
        self.keepsEarlier = keepsEarlier
        self.size = size
        self.longest = longest
        self.lifetime = lifetime
    }
}
