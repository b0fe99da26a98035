/// The central directory of a zip archive, read and checked as a whole.
struct ZipDirectory: Sendable {
    private(set) var entries: [ZipEntry] = []
    /// Directories to make, parents first, whether the archive lists them or not.
    private(set) var directories: [EntryPath] = []

    /// - Parameter bytes: exactly the central directory.
    init(
        _ bytes: UnsafeRawBufferPointer, _ end: ZipEndRecord, archiveSize: UInt64, limits: ArchiveLimits,
        archive: String
    ) throws(ArchiveError) {
        let view = ByteView(bytes)
        guard end.entryCount <= limits.entries else {
            throw ArchiveError(archive: archive, .overLimit("more than \(limits.entries) entries"))
        }
        let count = Int(end.entryCount)
        entries.reserveCapacity(count)
        var tree = EntryTree(expecting: count)
        var position = 0
        var total: UInt64 = 0
        for _ in 0..<count {
            let header: ZipCentralHeader
            do throws(ArchiveFault) {
                header = try ZipCentralHeader(view, at: position)
            } catch {
                throw ArchiveError(archive: archive, error)
            }
            position += header.length
            do throws(ArchiveFault) {
                let entry = try header.entry(boundary: end.directoryOffset)
                try limits.check(entry: entry.size)
                total += entry.size
                try limits.check(total: total, archiveSize: archiveSize)
                if entry.kind == .file { try tree.addLeaf(entry.path) } else { try tree.addDirectory(entry.path) }
                entries.append(entry)
            } catch {
                throw ArchiveError(archive: archive, entry: header.name, error)
            }
        }
        guard position == bytes.count else {
            throw ArchiveError(archive: archive, .malformed("has a central directory of another size than it states"))
        }
        directories = tree.directories
        try bound(archive: archive)
    }

    /// Gives each entry the start of the next one as its boundary, and refuses entries that cannot keep it.
    private mutating func bound(archive: String) throws(ArchiveError) {
        let order = entries.indices.sorted { entries[$0].headerOffset < entries[$1].headerOffset }
        if let first = order.first, entries[first].headerOffset > 0 {
            throw ArchiveError(archive: archive, .malformed("begins with bytes that belong to none of its entries"))
        }
        for (place, index) in order.enumerated() {
            if place + 1 < order.count { entries[index].boundary = entries[order[place + 1]].headerOffset }
            let entry = entries[index]
            let least = 30 + UInt64(entry.spelledName.utf8.count)
            let room = entry.boundary.subtractingReportingOverflow(entry.headerOffset)
            guard !room.overflow, room.partialValue >= least, room.partialValue - least >= entry.packedSize else {
                throw ArchiveError(archive: archive, entry: entry.spelledName, .overlappingEntries)
            }
        }
    }
}
