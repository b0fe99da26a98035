/// Bytes that are fetched in ranges, such as a file on a server.
public protocol ByteRangeSource: Sendable {
    /// The last `count` bytes (all, if there are fewer), and the size of the whole.
    func tail(_ count: Int) async throws -> (bytes: [UInt8], totalSize: UInt64)
    /// Exactly the bytes of `range`.
    func read(_ range: Range<UInt64>) async throws -> [UInt8]
}

/// A zip archive that stays where it is; only its directory and the wanted entries are fetched.
public struct RemoteZip<Source: ByteRangeSource>: Sendable {
    /// How errors call the archive.
    public let name: String
    private let source: Source
    private let directory: ZipDirectory
    /// The end of the archive, which often holds the metadata of a wheel too.
    private let tail: [UInt8]
    private let tailOffset: UInt64

    public var entries: [ZipEntry] { directory.entries }

    /// Fetches the directory: one request if `guess` bytes from the end hold it, else two.
    public init(
        _ source: Source, name: String, guess: Int = 32 << 10, limits: ArchiveLimits = .init()
    ) async throws {
        var (tail, size) = try await source.tail(guess)
        if try Self.endRecord(in: tail, size, name) == nil, guess < ZipEndRecord.longestTail {
            // A long comment: once more with all that it may take.
            (tail, size) = try await source.tail(ZipEndRecord.longestTail)
        }
        guard let end = try Self.endRecord(in: tail, size, name) else { throw ArchiveError(archive: name, .truncated) }
        // The end record was checked against the size of the archive: the directory lies within it.
        var offset = size - UInt64(tail.count)
        if end.directoryOffset < offset {
            guard end.directorySize <= 512 << 20 else {
                throw ArchiveError(archive: name, .overLimit("a central directory of more than 512 MiB"))
            }
            let missing = end.directoryOffset..<offset
            tail = try await source.read(missing) + tail
            offset = end.directoryOffset
        }
        let start = Int(end.directoryOffset - offset)
        directory = try tail.lendingBytes { bytes throws(ArchiveError) in
            let slice = try Self.wrap(name) { () throws(ArchiveFault) in
                try ByteView(bytes).slice(start, count: Int(clamping: end.directorySize))
            }
            return try ZipDirectory(slice, end, archiveSize: size, limits: limits, archive: name)
        }
        self.name = name
        self.source = source
        self.tail = tail
        self.tailOffset = offset
    }

    /// The unpacked bytes of one entry, checked: no request if it lies in the fetched end, else one.
    public func contents(of entry: ZipEntry) async throws -> [UInt8] {
        let span = entry.headerOffset..<entry.boundary
        if span.lowerBound >= tailOffset { return try unpack(entry, tail[Int(span.lowerBound - tailOffset)...]) }
        // The header's length is not known before; the extra field is small as a rule, and 1 KiB more costs nothing.
        let least = entry.packedSize + UInt64(ZipLocalHeader.fixedSize + entry.spelledName.utf8.count)
        let likely = min(span.upperBound, span.lowerBound + least + 1024)
        let bytes = try await source.read(span.lowerBound..<likely)
        if likely < span.upperBound, try bytes.lendingBytes({ bytes throws(ArchiveError) in
            try needsMore(entry, bytes)
        }) {
            let longest = min(span.upperBound, span.lowerBound + entry.packedSize + UInt64(ZipLocalHeader.longest))
            return try unpack(entry, try await source.read(span.lowerBound..<longest)[...])
        }
        return try unpack(entry, bytes[...])
    }

    private func needsMore(_ entry: ZipEntry, _ bytes: UnsafeRawBufferPointer) throws(ArchiveError) -> Bool {
        do throws(ArchiveFault) {
            let offset = try ZipLocalHeader.dataOffset(bytes, of: entry)
            return UInt64(bytes.count - min(offset, bytes.count)) < entry.packedSize
        } catch {
            if error == .truncated { return true }
            throw ArchiveError(archive: name, entry: entry.spelledName, error)
        }
    }

    /// `nil` if the tail does not hold the record, or not all of it.
    private static func endRecord(
        in tail: [UInt8], _ size: UInt64, _ name: String
    ) throws(ArchiveError) -> ZipEndRecord? {
        do throws(ArchiveFault) {
            return try tail.lendingBytes { bytes throws(ArchiveFault) in
                try ZipEndRecord(tail: bytes, archiveSize: size)
            }
        } catch {
            if error == .truncated { return nil }
            throw ArchiveError(archive: name, error)
        }
    }

    private func unpack(_ entry: ZipEntry, _ bytes: ArraySlice<UInt8>) throws(ArchiveError) -> [UInt8] {
        do throws(ArchiveFault) {
            return try bytes.lendingBytes { header throws(ArchiveFault) in
                let offset = try ZipLocalHeader.dataOffset(header, of: entry)
                if entry.hasDataDescriptor, UInt64(header.count) >= entry.boundary - entry.headerOffset {
                    try ZipLocalHeader.checkDescriptor(header, of: entry, dataOffset: offset)
                }
                let packed = try ByteView(header).slice(offset, count: Int(clamping: entry.packedSize))
                return try ZipPayload(packed: packed, entry: entry).unpacked(by: Inflater())
            }
        } catch {
            throw ArchiveError(archive: name, entry: entry.spelledName, error)
        }
    }

    private static func wrap<Result>(
        _ name: String, _ body: () throws(ArchiveFault) -> Result
    ) throws(ArchiveError) -> Result {
        do throws(ArchiveFault) { return try body() } catch { throw ArchiveError(archive: name, error) }
    }
}
