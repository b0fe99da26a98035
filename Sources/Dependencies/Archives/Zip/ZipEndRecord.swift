/// Where the central directory lies: the end-of-central-directory record (APPNOTE 4.3.16), with its zip64 form.
struct ZipEndRecord: Hashable {
    var entryCount: UInt64
    var directorySize: UInt64
    var directoryOffset: UInt64

    /// An end record, a comment of the largest size, and both zip64 records.
    static let longestTail = 22 + 65535 + 20 + 56

    private static let recordSize = 22
    private static let signature: UInt32 = 0x0605_4b50

    /// Finds the record in the last bytes of an archive of `archiveSize` bytes.
    ///
    /// - Throws: `.truncated` if there is none, which may also mean that `tail` is too short to hold it.
    init(tail: UnsafeRawBufferPointer, archiveSize: UInt64) throws(ArchiveFault) {
        let view = ByteView(tail)
        guard archiveSize >= UInt64(tail.count) else { throw .truncated }
        let tailOffset = archiveSize - UInt64(tail.count)
        let position = try Self.find(in: view)
        try self.init(view, at: position)
        var end = tailOffset + UInt64(position)
        if let wide = try Self.zip64(view, before: position, tailOffset: tailOffset) {
            // The narrow fields must say the same, or "look at the wide ones".
            guard entryCount == 0xffff || entryCount == wide.record.entryCount,
                directorySize == 0xffff_ffff || directorySize == wide.record.directorySize,
                directoryOffset == 0xffff_ffff || directoryOffset == wide.record.directoryOffset
            else { throw .malformed("has two end records that contradict each other") }
            self = wide.record
            end = wide.start
        }
        // Nothing may lie between or before: readers would disagree about what the archive holds.
        let (directoryEnd, overflow) = directoryOffset.addingReportingOverflow(directorySize)
        guard !overflow, directoryEnd == end else {
            throw .malformed("has a central directory that is not where its end record says")
        }
        guard entryCount <= directorySize / 46 else { throw .malformed("states more entries than it has room for") }
    }

    private init(_ view: ByteView, at position: Int) throws(ArchiveFault) {
        let disks = (try view.u16(position + 4), try view.u16(position + 6))
        entryCount = UInt64(try view.u16(position + 10))
        guard disks.0 == disks.1, disks.0 == 0 || disks.0 == 0xffff,
            UInt64(try view.u16(position + 8)) == entryCount
        else { throw .unsupported("is split over several files") }
        directorySize = UInt64(try view.u32(position + 12))
        directoryOffset = UInt64(try view.u32(position + 16))
    }

    /// The one record whose comment reaches exactly to the end of the file.
    private static func find(in view: ByteView) throws(ArchiveFault) -> Int {
        let count = view.bytes.count
        guard count >= recordSize else { throw .truncated }
        var found: Int?
        for position in stride(from: count - recordSize, through: max(0, count - recordSize - 65535), by: -1)
        where view.bytes[position] == 0x50 {
            guard try view.u32(position) == signature,
                position + recordSize + Int(try view.u16(position + 20)) == count
            else { continue }
            if found != nil { throw .malformed("can be read in two ways: it has two end records") }
            found = position
        }
        guard let found else { throw .truncated }
        return found
    }

    private static func zip64(
        _ view: ByteView, before position: Int, tailOffset: UInt64
    ) throws(ArchiveFault) -> (record: ZipEndRecord, start: UInt64)? {
        let locator = position - 20
        guard locator >= 0, try view.u32(locator) == 0x0706_4b50 else { return nil }
        let start = try view.u64(locator + 8)
        guard start >= tailOffset, start - tailOffset <= UInt64(locator) else { throw .truncated }
        let local = Int(start - tailOffset)
        let length = try view.u64(local + 4)
        guard try view.u32(local) == 0x0606_4b50, length >= 44, length <= UInt64(locator - local),
            local + 12 + Int(length) == locator
        else { throw .malformed("has a broken zip64 end record") }
        var record = try ZipEndRecord(view, at: position)
        record.entryCount = try view.u64(local + 32)
        record.directorySize = try view.u64(local + 40)
        record.directoryOffset = try view.u64(local + 48)
        guard try view.u32(local + 16) == 0, try view.u32(local + 20) == 0,
            try view.u64(local + 24) == record.entryCount
        else { throw .unsupported("is split over several files") }
        return (record, start)
    }
}
