/// The header in front of an entry's data (APPNOTE 4.3.7): what it says must agree with the central directory.
enum ZipLocalHeader {
    static let fixedSize = 30
    /// The most bytes that can lie between the start of a header and the data.
    static let longest = 30 + 2 * 65535

    /// The offset of the data from the start of the header.
    ///
    /// - Parameter header: starts at the entry's header and reaches at least to its data.
    static func dataOffset(
        _ header: UnsafeRawBufferPointer, of entry: ZipEntry
    ) throws(ArchiveFault) -> Int {
        let view = ByteView(header)
        guard try view.u32(0) == 0x0403_4b50 else { throw .malformed("has no header where the directory says") }
        let nameCount = Int(try view.u16(26))
        let offset = fixedSize + nameCount + Int(try view.u16(28))
        guard try view.slice(fixedSize, count: nameCount).elementsEqual(entry.spelledName.utf8),
            try view.u16(8) == entry.method.rawValue, try view.u16(6) & 0x49 == entry.flags & 0x49
        else { throw .malformed("is described in two ways: its header and the directory differ") }
        if !entry.hasDataDescriptor {
            guard try view.u32(14) == entry.checksum, agrees(try view.u32(18), entry.packedSize),
                agrees(try view.u32(22), entry.size)
            else { throw .malformed("is described in two ways: its header and the directory differ") }
        }
        let (end, overflow) = entry.headerOffset.addingReportingOverflow(UInt64(offset))
        guard !overflow, end <= entry.boundary, entry.packedSize <= entry.boundary - end else {
            throw .overlappingEntries
        }
        return offset
    }

    /// The wide form of a size stands in the zip64 extra field; the central directory has had its say about it.
    private static func agrees(_ field: UInt32, _ size: UInt64) -> Bool {
        field == UInt32.max || UInt64(field) == size
    }
}
