extension RepodataIndex {
    /// The index as bytes, to be kept beside the repodata that it was made of, so that the next reader does not pass over
    /// that again.
    ///
    /// - Parameter sourceLength: The number of bytes of the repodata.
    public func stored(sourceLength: Int) -> [UInt8] {
        var writer = StoredIndexWriter()
        for text in [info.subdir, info.baseURL, info.base, info.overrides] { writer.append(text) }
        writer.append(UInt64(passedOverCount))
        writer.append(UInt64(entries.count))
        writer.append(UInt64(names.groups.count))
        for entry in entries {
            for number in [entry.nameStart, entry.recordStart, entry.recordEnd, entry.next] { writer.append(number) }
            writer.append(UInt32(entry.nameLength) | UInt32(entry.packageLength) << 16 | UInt32(entry.form.rawValue) << 24)
        }
        for group in names.groups {
            for number in [group.hash, group.nameStart, group.nameLength, group.first, group.last] { writer.append(number) }
        }
        return writer.finished(sourceLength: sourceLength)
    }

    /// Reads what `stored` wrote.
    ///
    /// Bytes that were written for other repodata, by another version or that are damaged are an error: the index has to be
    /// made anew then. Whatever they say, no place outside of the repodata is ever looked at.
    public init(stored bytes: UnsafeBufferPointer<UInt8>, sourceLength: Int) throws(RepodataError) {
        var reader = try StoredIndexReader(bytes, sourceLength: sourceLength)
        info.subdir = try reader.readText()
        info.baseURL = try reader.readText()
        info.base = try reader.readText()
        info.overrides = try reader.readText()
        passedOverCount = try reader.readCount(itemSize: 0)
        let entryCount = try reader.readCount(itemSize: StoredIndexReader.entrySize)
        let groupCount = try reader.readCount(itemSize: StoredIndexReader.groupSize)
        entries = try reader.readEntries(entryCount)
        names = RepodataNameTable(try reader.readGroups(groupCount, entryCount: entryCount))
        guard reader.isAtEnd else { throw reader.damage }
    }
}

/// The parts that every stored index begins with.
private enum StoredIndexFormat {
    /// `PSRI`, and the version of the format.
    static let mark: UInt64 = 0x4952_5350_0000_0001
    /// The mark, the length of the repodata, and the sum of everything behind it.
    static let headerLength = 24

    /// A sum that tells damage, not intent.
    static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        var place = 0
        while place + 8 <= bytes.count {
            sum =
                (sum ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))) &* 0x9E37_79B9_7F4A_7C15
            sum ^= sum >> 29
            place += 8
        }
        while place < bytes.count {
            sum = (sum ^ UInt64(bytes[place])) &* 0x100_0000_01B3
            place += 1
        }
        return sum ^ sum >> 32
    }
}

private struct StoredIndexWriter {
    private var content: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { content.append(contentsOf: $0) }
    }

    /// A length, all ones for `nil`, and the text.
    mutating func append(_ text: String?) {
        append(text.map { UInt32($0.utf8.count) } ?? .max)
        if let text { content.append(contentsOf: text.utf8) }
    }

    func finished(sourceLength: Int) -> [UInt8] {
        var header = StoredIndexWriter()
        header.append(StoredIndexFormat.mark)
        header.append(UInt64(sourceLength))
        header.append(content.withUnsafeBytes(StoredIndexFormat.sum))
        return header.content + content
    }
}

private struct StoredIndexReader {
    static let entrySize = 20
    static let groupSize = 20

    private let bytes: UnsafeRawBufferPointer
    private let sourceLength: Int
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, sourceLength: Int) throws(RepodataError) {
        self.bytes = UnsafeRawBufferPointer(bytes)
        self.sourceLength = sourceLength
        guard try readNumber() == StoredIndexFormat.mark, try readNumber() == UInt64(sourceLength),
            try readNumber()
                == StoredIndexFormat.sum(UnsafeRawBufferPointer(rebasing: self.bytes[StoredIndexFormat.headerLength...]))
        else { throw damage }
    }

    var damage: RepodataError { RepodataError(offset: position, problem: .damagedIndex) }
    var isAtEnd: Bool { position == bytes.count }

    private mutating func readNumber() throws(RepodataError) -> UInt64 {
        guard bytes.count - position >= 8 else { throw damage }
        position += 8
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position - 8, as: UInt64.self))
    }

    /// The next 32 bits, for places that are known to be there.
    @inline(__always)
    private mutating func take() -> UInt32 {
        position += 4
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position - 4, as: UInt32.self))
    }

    mutating func readText() throws(RepodataError) -> String? {
        guard bytes.count - position >= 4 else { throw damage }
        let length = take()
        guard length != .max else { return nil }
        guard bytes.count - position >= Int(length) else { throw damage }
        position += Int(length)
        return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[position - Int(length)..<position]), as: UTF8.self)
    }

    /// A count of items of this size, as many as can be there.
    mutating func readCount(itemSize: Int) throws(RepodataError) -> Int {
        let count = try readNumber()
        guard count <= UInt64(bytes.count) / UInt64(max(1, itemSize)) || itemSize == 0, count <= UInt32.max else { throw damage }
        return Int(count)
    }

    mutating func readEntries(_ count: Int) throws(RepodataError) -> [RepodataIndex.Entry] {
        guard bytes.count - position >= count * Self.entrySize else { throw damage }
        var entries: [RepodataIndex.Entry] = []
        entries.reserveCapacity(count)
        for place in 0..<count {
            let entry = try readEntry()
            // Later entries only, so that no list of entries runs in a circle.
            guard entry.next == 0 || (Int(entry.next) - 1 > place && Int(entry.next) <= count) else { throw damage }
            entries.append(entry)
        }
        return entries
    }

    private mutating func readEntry() throws(RepodataError) -> RepodataIndex.Entry {
        let nameStart = take()
        let recordStart = take()
        let recordEnd = take()
        let next = take()
        let lengths = take()
        let nameLength = UInt16(truncatingIfNeeded: lengths)
        let packageLength = UInt8(truncatingIfNeeded: lengths >> 16)
        guard let form = RepodataIndex.Form(rawValue: UInt8(lengths >> 24)), recordStart < recordEnd, recordEnd <= sourceLength,
            packageLength < nameLength, Int(nameStart) + Int(nameLength) <= sourceLength, nameLength >= form.endingLength
        else { throw damage }
        return RepodataIndex.Entry(
            nameStart: nameStart, recordStart: recordStart, recordEnd: recordEnd, next: next, nameLength: nameLength,
            packageLength: packageLength, form: form)
    }

    mutating func readGroups(_ count: Int, entryCount: Int) throws(RepodataError) -> [RepodataNameTable.Group] {
        guard bytes.count - position >= count * Self.groupSize else { throw damage }
        var groups: [RepodataNameTable.Group] = []
        groups.reserveCapacity(count)
        for _ in 0..<count {
            let group = RepodataNameTable.Group(hash: take(), nameStart: take(), nameLength: take(), first: take(), last: take())
            guard Int(group.nameStart) + Int(group.nameLength) <= sourceLength, group.first < entryCount, group.last < entryCount
            else { throw damage }
            groups.append(group)
        }
        return groups
    }
}
