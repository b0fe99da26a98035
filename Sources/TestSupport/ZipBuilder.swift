import Archives

/// Builds zip archives for tests, honest ones and others: every field can be made to lie.
package struct ZipBuilder: Sendable {
    package struct Entry: Sendable {
        package var name: String
        package var content: [UInt8] = []
        package var isDeflated = true
        /// Unix file type and permissions.
        package var mode: UInt32 = 0o100644
        package var flags: UInt16 = 0
        package var method: UInt16?
        // What the central directory says, where it lies.
        package var size: UInt32?
        package var packedSize: UInt32?
        package var checksum: UInt32?
        var headerOffset: UInt32?
        // What the local header says, where it differs from the directory.
        var localName: String?
        var localSize: UInt32?
        /// Bytes between data and the next header.
        package var gap = 0
        /// Sizes and offset in a zip64 extra field.
        package var isWide = false

        package init(
            name: String, content: [UInt8] = [], isDeflated: Bool = true, mode: UInt32 = 0o100644, flags: UInt16 = 0,
            method: UInt16? = nil, size: UInt32? = nil, packedSize: UInt32? = nil, checksum: UInt32? = nil,
            headerOffset: UInt32? = nil, localName: String? = nil, localSize: UInt32? = nil, gap: Int = 0,
            isWide: Bool = false
        ) {
            self.name = name
            self.content = content
            self.isDeflated = isDeflated
            self.mode = mode
            self.flags = flags
            self.method = method
            self.size = size
            self.packedSize = packedSize
            self.checksum = checksum
            self.headerOffset = headerOffset
            self.localName = localName
            self.localSize = localSize
            self.gap = gap
            self.isWide = isWide
        }
    }

    package var entries: [Entry] = []
    package var comment: [UInt8] = []
    /// Bytes behind the end of the archive.
    package var suffix: [UInt8] = []
    /// Bytes that were slipped in between the directory and the end record.
    package var shift = 0
    package var statedCount: UInt16?
    package var hasWideEnd = false

    package init(_ entries: [Entry]) { self.entries = entries }

    package func bytes() -> [UInt8] {
        var output: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = UInt32(output.count)
            let packed = Self.pack(entry)
            output += packed.local
            directory += Self.central(entry, packed, offset)
        }
        let start = output.count
        output += directory
        output += [UInt8](repeating: 0, count: shift)
        if hasWideEnd { output += Self.wideEnd(entries.count, directory.count, start, recordOffset: output.count) }
        output += Self.number(0x0605_4b50, 4) + Self.number(0, 4)
        let count = UInt64(statedCount ?? UInt16(entries.count))
        output += Self.number(count, 2) + Self.number(count, 2)
        output += Self.number(hasWideEnd ? 0xffff_ffff : UInt64(directory.count), 4)
        output += Self.number(hasWideEnd ? 0xffff_ffff : UInt64(start), 4)
        return output + Self.number(UInt64(comment.count), 2) + comment + suffix
    }

    private struct Packed {
        var local: [UInt8]
        var size: UInt32
        var checksum: UInt32
        var method: UInt16
    }

    private static func pack(_ entry: Entry) -> Packed {
        // A gzip member is a raw DEFLATE stream between a header of 10 bytes and checksum and size.
        let gzip = Gzip.compress(entry.content)
        let data = entry.isDeflated ? Array(gzip[10..<(gzip.count - 8)]) : entry.content
        let checksum = gzip[(gzip.count - 8)..<(gzip.count - 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let method = entry.method ?? (entry.isDeflated ? 8 : 0)
        let name = Array((entry.localName ?? entry.name).utf8)
        let hasDescriptor = entry.flags & 8 != 0
        let size = entry.localSize ?? entry.size ?? UInt32(entry.content.count)
        var local = number(0x0403_4b50, 4) + number(20, 2) + number(UInt64(entry.flags), 2) + number(UInt64(method), 2)
        local += number(0, 4)
        local += number(hasDescriptor ? 0 : UInt64(entry.checksum ?? checksum), 4)
        local += number(hasDescriptor ? 0 : UInt64(entry.packedSize ?? UInt32(data.count)), 4)
        local += number(hasDescriptor ? 0 : UInt64(size), 4)
        local += number(UInt64(name.count), 2) + number(0, 2) + name + data
        if hasDescriptor { local += number(0x0807_4b50, 4) + number(UInt64(checksum), 4) + number(0, 8) }
        local += [UInt8](repeating: 0xaa, count: entry.gap)
        return Packed(local: local, size: UInt32(data.count), checksum: checksum, method: method)
    }

    private static func central(_ entry: Entry, _ packed: Packed, _ offset: UInt32) -> [UInt8] {
        let name = Array(entry.name.utf8)
        let size = UInt64(entry.size ?? UInt32(entry.content.count))
        let packedSize = UInt64(entry.packedSize ?? packed.size)
        let position = UInt64(entry.headerOffset ?? offset)
        let wide = number(1, 2) + number(24, 2) + number(size, 8) + number(packedSize, 8) + number(position, 8)
        let extra = entry.isWide ? number(0x5455, 2) + number(1, 2) + [0] + wide : []
        let narrow: (UInt64) -> UInt64 = { entry.isWide ? 0xffff_ffff : $0 }
        var header = number(0x0201_4b50, 4) + number(0x0314, 2) + number(20, 2) + number(UInt64(entry.flags), 2)
        header += number(UInt64(packed.method), 2) + number(0, 4)
        header += number(UInt64(entry.checksum ?? packed.checksum), 4)
        header += number(narrow(packedSize), 4) + number(narrow(size), 4)
        header += number(UInt64(name.count), 2) + number(UInt64(extra.count), 2) + number(0, 2) + number(0, 4)
        header += number(UInt64(entry.mode) << 16, 4) + number(narrow(position), 4)
        return header + name + extra
    }

    private static func wideEnd(_ count: Int, _ size: Int, _ start: Int, recordOffset: Int) -> [UInt8] {
        var record = number(0x0606_4b50, 4) + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8)
        record += number(UInt64(count), 8) + number(UInt64(count), 8) + number(UInt64(size), 8) + number(UInt64(start), 8)
        return record + number(0x0706_4b50, 4) + number(0, 4) + number(UInt64(recordOffset), 8) + number(1, 4)
    }

    private static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}
