/// Where in the bytes of a `repodata.json` the records of each package are (CEP 36, 48).
///
/// Making an index passes over the bytes once and decodes nothing but file names; a record is decoded when it is asked
/// for. The index does not keep the bytes: whoever has them (in memory, or a mapped file) hands them in again.
///
/// A file name that no conda package can have is passed over and counted; everything else that is wrong is an error.
public struct RepodataIndex: Sendable {
    public internal(set) var info = RepodataInfo()
    /// The entries whose names are of no known format, or have not the parts that they need.
    public internal(set) var passedOverCount = 0
    var entries: [Entry] = []
    var names = RepodataNameTable()

    /// Where a record is, in 32 bits each: channels have millions.
    struct Entry: Sendable {
        let nameStart: UInt32
        let recordStart: UInt32
        let recordEnd: UInt32
        /// The entry after this one of the same package, plus one; 0 where there is none.
        var next: UInt32
        let nameLength: UInt16
        /// How long the package's name is inside the file's name.
        let packageLength: UInt8
        let form: Form
    }

    /// How the key names the file.
    enum Form: UInt8, Sendable {
        case conda, tarBzip2
        /// Without its ending, as under `v3`.
        case condaStem, tarBzip2Stem

        var format: ArchiveName.Format { self == .conda || self == .condaStem ? .conda : .tarBzip2 }

        /// How much of the key is the ending.
        var endingLength: Int {
            switch self {
            case .conda: 6
            case .tarBzip2: 8
            case .condaStem, .tarBzip2Stem: 0
            }
        }
    }

    /// The latest version of the format that is understood.
    private static let maximumVersion: UInt64 = 2

    /// - Complexity: One pass over the bytes.
    public init(scanning bytes: UnsafeBufferPointer<UInt8>) throws(RepodataError) {
        guard bytes.count < UInt32.max else { throw RepodataError(offset: 0, problem: .tooLarge) }
        let hasMark = bytes.count > 2 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        var scanner = JSONScanner(bytes, at: hasMark ? 3 : 0)
        // An empty file is an empty object (CEP 36).
        guard !scanner.isAtEnd() else { return }
        // The smallest records have about this many bytes.
        entries.reserveCapacity(bytes.count / 400)
        try scan(&scanner)
        guard scanner.isAtEnd() else { throw scanner.error(.expected(.end)) }
    }

    /// The number of records.
    public var count: Int { entries.count }
}

// MARK: - Scanning

extension RepodataIndex {
    private mutating func scan(_ scanner: inout JSONScanner) throws(RepodataError) {
        let bytes = scanner.bytes
        var items = try scanner.beginObject()
        while let key = try scanner.nextKey(&items) {
            if key.equals("packages", in: bytes) || key.equals("packages.conda", in: bytes) {
                try scanPackages(&scanner, stems: nil)
            } else if key.equals("v3", in: bytes) {
                try scanLaterRevision(&scanner)
            } else if key.equals("info", in: bytes), scanner.next(is: "{") {
                info = try RepodataInfo(&scanner)
            } else if key.equals("repodata_version", in: bytes) {
                try checkVersion(&scanner)
            } else {
                try scanner.skipValue()
            }
        }
    }

    private func checkVersion(_ scanner: inout JSONScanner) throws(RepodataError) {
        scanner.skipSpace()
        let start = scanner.position
        guard let version = try scanner.readIntegerOrNull(), version > Self.maximumVersion else { return }
        throw scanner.error(.unsupportedVersion(version), at: start)
    }

    /// `{"conda": {…}, "tar.bz2": {…}}`, where keys have no ending.
    private mutating func scanLaterRevision(_ scanner: inout JSONScanner) throws(RepodataError) {
        var items = try scanner.beginObject()
        while let key = try scanner.nextKey(&items) {
            if key.equals("conda", in: scanner.bytes) {
                try scanPackages(&scanner, stems: .condaStem)
            } else if key.equals("tar.bz2", in: scanner.bytes) {
                try scanPackages(&scanner, stems: .tarBzip2Stem)
            } else {
                try scanner.skipValue()
            }
        }
    }

    private mutating func scanPackages(_ scanner: inout JSONScanner, stems: Form?) throws(RepodataError) {
        if try scanner.takeNull() { return }
        var items = try scanner.beginObject()
        while let key = try scanner.nextKey(&items) {
            guard scanner.next(is: "{") else { throw scanner.unexpected(.object) }
            let start = scanner.position
            try scanner.skipValue()
            add(key.range, record: start..<scanner.position, stems: stems, in: scanner.bytes)
        }
    }

    @inline(__always)
    private mutating func add(
        _ key: Range<Int>, record: Range<Int>, stems: Form?, in bytes: UnsafeBufferPointer<UInt8>
    ) {
        let name = bytes.slice(key)
        guard key.count <= UInt16.max, let form = stems ?? Self.form(of: name),
            let length = Self.packageLength(name), length <= UInt8.max
        else {
            passedOverCount += 1
            return
        }
        let entry = UInt32(truncatingIfNeeded: entries.count)
        let previous = names.insert(key.lowerBound..<key.lowerBound + length, entry: entry, in: bytes)
        if let previous { entries[Int(previous)].next = entry + 1 }
        entries.append(
            Entry(
                nameStart: UInt32(truncatingIfNeeded: key.lowerBound), recordStart: UInt32(truncatingIfNeeded: record.lowerBound),
                recordEnd: UInt32(truncatingIfNeeded: record.upperBound), next: 0, nameLength: UInt16(key.count),
                packageLength: UInt8(length), form: form))
    }

    private static func form(of name: UnsafeBufferPointer<UInt8>) -> Form? {
        switch ArchiveName.Parts.format(of: name) {
        case .conda: .conda
        case .tarBzip2: .tarBzip2
        case nil: nil
        }
    }

    /// What stands before the last two dashes.
    @inline(__always)
    private static func packageLength(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
        var place = name.count - 1
        var dashes = 0
        while place > 0 {
            if name[place] == UInt8(ascii: "-") {
                dashes += 1
                if dashes == 2 { return place }
            }
            place -= 1
        }
        return nil
    }
}

// MARK: - Looking up

extension RepodataIndex {
    /// The names of all packages, in the order in which they were met.
    public func packageNames(in bytes: UnsafeBufferPointer<UInt8>) -> [CondaName] {
        names.groups.compactMap { group in
            let entry = entries[Int(group.first)]
            let start = Int(entry.nameStart)
            return CondaName(utf8: bytes.slice(start..<start + Int(entry.packageLength)))
        }
    }

    /// Where the records of a package are, in the order in which they were met.
    ///
    /// Of an archive that is there in both formats only the `.conda` is given; of one that is there twice, the last.
    public func places(of name: CondaName, in bytes: UnsafeBufferPointer<UInt8>) -> [RepodataPlace] {
        guard let group = names.group(of: name, in: bytes) else { return [] }
        var places: [RepodataPlace] = []
        var next = group.first + 1
        while next != 0 {
            let entry = entries[Int(next) - 1]
            places.append(RepodataPlace(entry))
            next = entry.next
        }
        return RepodataPlace.withoutDuplicates(places, in: bytes)
    }
}
