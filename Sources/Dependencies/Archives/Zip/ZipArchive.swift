public import SystemPackage

/// A zip archive on disk or in memory, whose directory has been read and checked.
///
/// Any number of threads may read entries at once.
public final class ZipArchive: Sendable {
    /// How errors call the archive.
    public let name: String
    /// All entries in the order of the central directory.
    public var entries: [ZipEntry] { directory.entries }

    let directory: ZipDirectory
    private let stored: StoredBytes

    /// Opens the file at `path`, which must not change while it is open; cost is proportional to the entries.
    public convenience init(path: FilePath, limits: ArchiveLimits = .init()) throws(ArchiveError) {
        let name = path.lastComponent?.string ?? path.string
        let stored: StoredBytes
        do throws(ArchiveFault) {
            stored = try StoredBytes(mapping: path)
        } catch {
            throw ArchiveError(archive: name, error)
        }
        try self.init(stored, name: name, limits: limits)
    }

    /// Reads an archive in memory; `name` is for errors.
    public convenience init(bytes: [UInt8], name: String, limits: ArchiveLimits = .init()) throws(ArchiveError) {
        try self.init(StoredBytes(copying: bytes), name: name, limits: limits)
    }

    private init(_ stored: StoredBytes, name: String, limits: ArchiveLimits) throws(ArchiveError) {
        let bytes = stored.bytes
        let tail = UnsafeRawBufferPointer(rebasing: bytes.suffix(ZipEndRecord.longestTail))
        let end: ZipEndRecord
        let directoryBytes: UnsafeRawBufferPointer
        do throws(ArchiveFault) {
            end = try ZipEndRecord(tail: tail, archiveSize: UInt64(bytes.count))
            directoryBytes = try ByteView(bytes).slice(
                Int(clamping: end.directoryOffset), count: Int(clamping: end.directorySize))
        } catch {
            throw ArchiveError(archive: name, error)
        }
        directory = try ZipDirectory(
            directoryBytes, end, archiveSize: UInt64(bytes.count), limits: limits, archive: name)
        self.stored = stored
        self.name = name
    }

    /// The entry that is unpacked to `path`. Looks through all entries.
    public func entry(at path: String) -> ZipEntry? {
        entries.first { $0.path.string == path }
    }

    /// The unpacked bytes of one entry, checked.
    public func contents(of entry: ZipEntry) throws(ArchiveError) -> [UInt8] {
        do throws(ArchiveFault) {
            let inflater = try Inflater()
            return try ZipPayload(packed: packedBytes(of: entry), entry: entry).unpacked(by: inflater)
        } catch {
            throw ArchiveError(archive: name, entry: entry.spelledName, error)
        }
    }

    /// Lets go of the memory that reading has taken.
    func forgetResident() { stored.forgetResident() }

    /// The bytes of an entry as they lie in the archive; valid as long as the archive is.
    func packedBytes(of entry: ZipEntry) throws(ArchiveFault) -> UnsafeRawBufferPointer {
        let view = ByteView(stored.bytes)
        let start = Int(clamping: entry.headerOffset)
        let header = try view.slice(start, count: stored.bytes.count - min(start, stored.bytes.count))
        let offset = try ZipLocalHeader.dataOffset(header, of: entry)
        if entry.hasDataDescriptor { try ZipLocalHeader.checkDescriptor(header, of: entry, dataOffset: offset) }
        return try ByteView(header).slice(offset, count: Int(clamping: entry.packedSize))
    }
}
