/// How much an archive may ask for before it is refused.
///
/// The defaults let every honest wheel pass (the largest hold a few gigabytes) and end a bomb early.
public struct ArchiveLimits: Sendable, Hashable {
    /// Entries of any kind. Default: 400,000.
    public var entries: Int = 400_000
    /// Unpacked bytes of one entry. Default: 16 GiB.
    public var entrySize: UInt64 = 16 << 30
    /// Unpacked bytes of the whole archive. Default: 64 GiB.
    public var totalSize: UInt64 = 64 << 30
    /// Unpacked bytes for each byte of the archive, once the total is above `expansionFloor`. Default: 200.
    public var expansion: UInt64 = 200
    /// Below this total no archive is a bomb. Default: 256 MiB.
    public var expansionFloor: UInt64 = 256 << 20

    public init() {}

    /// Checks a total against the limits; `archiveSize` is the packed size in bytes.
    func check(total: UInt64, archiveSize: UInt64) throws(ArchiveFault) {
        if total > totalSize { throw .overLimit("more than \(totalSize) bytes when unpacked") }
        if total > expansionFloor, total / expansion > archiveSize {
            throw .overLimit("it unpacks to more than \(expansion) times its size")
        }
    }

    func check(entry size: UInt64) throws(ArchiveFault) {
        if size > entrySize { throw .overLimit("more than \(entrySize) bytes when unpacked") }
    }
}
