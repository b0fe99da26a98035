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
        package var headerOffset: UInt32?
        // What the local header says, where it differs from the directory.
        package var localName: String?
        package var localSize: UInt32?
        /// Bytes between data and the next header.
        package var gap = 0
        /// Sizes and offset in a zip64 extra field.
        package var isWide = false
        /// Extra fields of the central directory.
        package var extra: [UInt8] = []
        /// Sizes in a zip64 extra field of the local header, where the narrow ones say so; unpacked and packed.
        package var localWideSizes: (UInt64, UInt64)?
        /// What the descriptor behind the data says instead of the unpacked size.
        package var descriptorSize: UInt32?
        package var localSignature: UInt64 = 0x0403_4b50
        package var localFlags: UInt16?
        package var localMethod: UInt16?
        /// Bytes of the name, where they are no text.
        package var nameBytes: [UInt8]?

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
    /// Bytes in front of the first entry.
    package var prefix: [UInt8] = []
    /// The number of the disk that the directory begins on.
    package var disk: UInt16 = 0
    /// What the zip64 end record says instead of the truth.
    package var wideCount: UInt64?
    package var wideStart: UInt64?
    package var hasWideEnd = false

    package init(_ entries: [Entry]) { self.entries = entries }

    package func bytes() -> [UInt8] {
        var output = prefix
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
        if hasWideEnd {
            output += Self.wideEnd(
                wideCount ?? UInt64(entries.count), directory.count, wideStart ?? UInt64(start), recordOffset: output.count)
        }
        output += Self.number(0x0605_4b50, 4) + Self.number(UInt64(disk), 2) + Self.number(UInt64(disk), 2)
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
        let name = entry.nameBytes ?? Array((entry.localName ?? entry.name).utf8)
        let hasDescriptor = entry.flags & 8 != 0
        let size = entry.localSize ?? entry.size ?? UInt32(entry.content.count)
        var local = number(entry.localSignature, 4) + number(20, 2) + number(UInt64(entry.localFlags ?? entry.flags), 2)
        local += number(UInt64(entry.localMethod ?? method), 2) + number(0, 4)
        local += number(hasDescriptor ? 0 : UInt64(entry.checksum ?? checksum), 4)
        let wide = entry.localWideSizes.map { number(1, 2) + number(16, 2) + number($0, 8) + number($1, 8) } ?? []
        let narrow: (UInt32) -> UInt64 = { wide.isEmpty ? UInt64($0) : 0xffff_ffff }
        local += number(hasDescriptor ? 0 : narrow(entry.packedSize ?? UInt32(data.count)), 4)
        local += number(hasDescriptor ? 0 : narrow(size), 4)
        local += number(UInt64(name.count), 2) + number(UInt64(wide.count), 2) + name + wide + data
        if hasDescriptor {
            local += number(0x0807_4b50, 4) + number(UInt64(checksum), 4) + number(UInt64(data.count), 4)
            local += number(UInt64(entry.descriptorSize ?? UInt32(entry.content.count)), 4)
        }
        local += [UInt8](repeating: 0xaa, count: entry.gap)
        return Packed(local: local, size: UInt32(data.count), checksum: checksum, method: method)
    }

    private static func central(_ entry: Entry, _ packed: Packed, _ offset: UInt32) -> [UInt8] {
        let name = entry.nameBytes ?? Array(entry.name.utf8)
        let size = UInt64(entry.size ?? UInt32(entry.content.count))
        let packedSize = UInt64(entry.packedSize ?? packed.size)
        let position = UInt64(entry.headerOffset ?? offset)
        let wide = number(1, 2) + number(24, 2) + number(size, 8) + number(packedSize, 8) + number(position, 8)
        let extra = entry.extra + (entry.isWide ? number(0x5455, 2) + number(1, 2) + [0] + wide : [])
        let narrow: (UInt64) -> UInt64 = { entry.isWide ? 0xffff_ffff : $0 }
        var header = number(0x0201_4b50, 4) + number(0x0314, 2) + number(20, 2) + number(UInt64(entry.flags), 2)
        header += number(UInt64(packed.method), 2) + number(0, 4)
        header += number(UInt64(entry.checksum ?? packed.checksum), 4)
        header += number(narrow(packedSize), 4) + number(narrow(size), 4)
        header += number(UInt64(name.count), 2) + number(UInt64(extra.count), 2) + number(0, 2) + number(0, 4)
        header += number(UInt64(entry.mode) << 16, 4) + number(narrow(position), 4)
        return header + name + extra
    }

    private static func wideEnd(_ count: UInt64, _ size: Int, _ start: UInt64, recordOffset: Int) -> [UInt8] {
        var record = number(0x0606_4b50, 4) + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8)
        record += number(count, 8) + number(count, 8) + number(UInt64(size), 8) + number(start, 8)
        return record + number(0x0706_4b50, 4) + number(0, 4) + number(UInt64(recordOffset), 8) + number(1, 4)
    }

    package static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}
