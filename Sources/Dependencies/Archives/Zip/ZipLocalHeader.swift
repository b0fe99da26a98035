/// The header in front of an entry's data (APPNOTE 4.3.7), and the descriptor behind it (4.3.9): what they say must agree
/// with the central directory, or another reader would see another archive.
enum ZipLocalHeader {
    static let fixedSize = 30
    static let signature: UInt32 = 0x0403_4b50
    /// The most bytes that can lie between the start of a header and the data.
    static let longest = 30 + 2 * 65535

    private static let twoWays = ArchiveFault.describedTwice

    /// The offset of the data from the start of the header.
    ///
    /// - Parameter header: starts at the entry's header and reaches at least to its data.
    static func dataOffset(
        _ header: UnsafeRawBufferPointer, of entry: ZipEntry
    ) throws(ArchiveFault) -> Int {
        let view = ByteView(header)
        guard try view.u32(0) == signature else { throw .malformed("has no header where the directory says") }
        let nameCount = Int(try view.u16(26))
        let extraCount = Int(try view.u16(28))
        let offset = fixedSize + nameCount + extraCount
        guard try view.slice(fixedSize, count: nameCount).elementsEqual(entry.spelledName.utf8),
            try view.u16(8) == entry.method.rawValue, try view.u16(6) & 0x49 == entry.flags & 0x49
        else { throw twoWays }
        if !entry.hasDataDescriptor {
            let extra = ByteView(try view.slice(fixedSize + nameCount, count: extraCount))
            let (size, packedSize) = try sizes(try view.u32(22), try view.u32(18), extra)
            guard try view.u32(14) == entry.checksum, size == entry.size, packedSize == entry.packedSize else {
                throw twoWays
            }
        }
        _ = try room(behind: entry, dataOffset: offset)
        return offset
    }

    /// Unpacked and packed size; what does not fit stands in the zip64 extra field.
    private static func sizes(
        _ size: UInt32, _ packedSize: UInt32, _ extra: ByteView
    ) throws(ArchiveFault) -> (UInt64, UInt64) {
        var sizes = (UInt64(size), UInt64(packedSize))
        guard size == .max || packedSize == .max, let wide = try ZipExtraFields(extra).field(.zip64) else { return sizes }
        var next = 0
        if size == .max {
            sizes.0 = try wide.u64(next)
            next += 8
        }
        if packedSize == .max { sizes.1 = try wide.u64(next) }
        return sizes
    }

    /// The bytes between the data and the next header, which only a descriptor may fill.
    private static func room(behind entry: ZipEntry, dataOffset: Int) throws(ArchiveFault) -> Int {
        let (start, overflow) = entry.headerOffset.addingReportingOverflow(UInt64(dataOffset))
        guard !overflow, start <= entry.boundary, entry.packedSize <= entry.boundary - start else {
            throw .overlappingEntries
        }
        let room = entry.boundary - start - entry.packedSize
        // With or without a signature, with narrow or wide sizes; some writers announce one that never comes.
        guard room == 0 || entry.hasDataDescriptor && [12, 16, 20, 24].contains(room) else {
            throw .malformed("has bytes behind it that belong to none of the entries")
        }
        return Int(room)
    }

    /// Compares the descriptor, if there is one.
    ///
    /// - Parameter header: starts at the entry's header and reaches to the next one.
    static func checkDescriptor(
        _ header: UnsafeRawBufferPointer, of entry: ZipEntry, dataOffset: Int
    ) throws(ArchiveFault) {
        let room = try room(behind: entry, dataOffset: dataOffset)
        guard room > 0 else { return }
        let start = dataOffset + Int(clamping: entry.packedSize)
        let view = ByteView(try ByteView(header).slice(start, count: room))
        let isSigned = room == 16 || room == 24
        let isWide = room >= 20
        let first = isSigned ? 4 : 0
        if isSigned, try view.u32(0) != 0x0807_4b50 { throw twoWays }
        guard try view.u32(first) == entry.checksum else { throw twoWays }
        let packedSize = try isWide ? view.u64(first + 4) : UInt64(view.u32(first + 4))
        let size = try isWide ? view.u64(first + 12) : UInt64(view.u32(first + 8))
        guard packedSize == entry.packedSize, size == entry.size else { throw twoWays }
    }
}

/// The extra fields of a header (APPNOTE 4.5): a number of two bytes, a count of two bytes, and as many bytes, again and
/// again.
struct ZipExtraFields {
    enum Kind: UInt16 {
        case zip64 = 0x0001
        /// Info-ZIP's second spelling of the name, in UTF-8.
        case unicodePath = 0x7075
    }

    private let view: ByteView

    init(_ view: ByteView) { self.view = view }

    /// The content of the first field of that kind.
    func field(_ kind: Kind) throws(ArchiveFault) -> ByteView? {
        var position = 0
        // Some writers pad with fewer bytes than a field header; they mean nothing.
        while position + 4 <= view.bytes.count {
            let count = Int(try view.u16(position + 2))
            guard position + 4 + count <= view.bytes.count else { return nil }
            if try view.u16(position) == kind.rawValue { return ByteView(try view.slice(position + 4, count: count)) }
            position += 4 + count
        }
        return nil
    }
}
