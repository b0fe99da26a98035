/// What a solver looks at in a record before it chooses it; everything else stays in the bytes.
///
/// A solve looks at thousands of records and chooses a hundred: hashes, licences and sizes are decoded for those only
/// (`RepodataRecord`), and dependencies when they are asked for.
public struct RepodataCandidate: Sendable {
    public let place: RepodataPlace
    public let version: CondaVersion
    public let build: String
    public let buildNumber: UInt64
    public let noarch: RepodataRecord.NoArch?
    /// How many features it tracks: of two solutions the one with fewer is better.
    public let trackFeatureCount: Int
    /// When it became available as far as is known, in milliseconds since 1970.
    public let timestamp: Int64?

    private let dependsRange: Range<Int>?
    private let constrainsRange: Range<Int>?
    private let extraDependsRange: Range<Int>?

    /// Decodes what is needed from the bytes of the repodata.
    public init(at place: RepodataPlace, in bytes: UnsafeBufferPointer<UInt8>) throws(RepodataError) {
        var reader = CandidateReader(bytes, place.recordRange)
        try reader.read()
        self.place = place
        guard let version = reader.version else { throw reader.missing("version") }
        guard let build = reader.build else { throw reader.missing("build") }
        guard let buildNumber = reader.buildNumber else { throw reader.missing("build_number") }
        guard let name = reader.name else { throw reader.missing("name") }
        guard TextGlob.areEqual(bytes.slice(name.range), place.packageName(in: bytes)) else {
            throw RepodataError(
                offset: place.recordRange.lowerBound,
                problem: .otherName(bytes.slice(name.range).text, try place.archiveName(in: bytes)))
        }
        self.version = version
        self.build = build
        self.buildNumber = buildNumber
        noarch = reader.noarch
        trackFeatureCount = reader.trackFeatureCount
        timestamp = reader.indexedTimestamp ?? reader.timestamp
        dependsRange = reader.depends
        constrainsRange = reader.constrains
        extraDependsRange = reader.extraDepends
    }

    /// Calls `body` with the bytes of each match spec that the record depends on.
    public func forEachDependency(
        in bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(RepodataError) {
        try Self.forEach(dependsRange, in: bytes, body)
    }

    /// Calls `body` with the bytes of each match spec that other packages have to fulfil.
    public func forEachConstraint(
        in bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(RepodataError) {
        try Self.forEach(constrainsRange, in: bytes, body)
    }

    /// Groups of further dependencies by their names (CEP 44).
    public func extraDependencies(in bytes: UnsafeBufferPointer<UInt8>) throws(RepodataError) -> [String: [String]] {
        guard let extraDependsRange else { return [:] }
        var scanner = JSONScanner(bytes.slice(0..<extraDependsRange.upperBound), at: extraDependsRange.lowerBound)
        return try scanner.readGroups()
    }

    private static func forEach(
        _ range: Range<Int>?, in bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(RepodataError) {
        guard let range else { return }
        var scanner = JSONScanner(bytes.slice(0..<range.upperBound), at: range.lowerBound)
        var items = try scanner.beginArray()
        while try scanner.nextElement(&items) {
            let text = try scanner.readText()
            if let plain = scanner.plainBytes(of: text) {
                body(plain)
            } else {
                try scanner.text(of: text).withBytes(body)
            }
        }
    }
}

/// Reads some fields of a record and passes over the others.
private struct CandidateReader {
    private var scanner: JSONScanner
    private let start: Int

    private(set) var name: RawText?
    private(set) var version: CondaVersion?
    private(set) var build: String?
    private(set) var buildNumber: UInt64?
    private(set) var noarch: RepodataRecord.NoArch?
    private(set) var trackFeatureCount = 0
    private(set) var timestamp: Int64?
    private(set) var indexedTimestamp: Int64?
    private(set) var depends: Range<Int>?
    private(set) var constrains: Range<Int>?
    private(set) var extraDepends: Range<Int>?

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        scanner = JSONScanner(bytes.slice(0..<range.upperBound), at: range.lowerBound)
        start = range.lowerBound
    }

    func missing(_ field: String) -> RepodataError { RepodataError(offset: start, problem: .missingField(field)) }

    mutating func read() throws(RepodataError) {
        let bytes = scanner.bytes
        var items = try scanner.beginObject()
        while let key = try scanner.nextKey(&items) {
            switch key.range.isEmpty ? 0 : bytes[key.range.lowerBound] {
            case UInt8(ascii: "b") where key.equals("build", in: bytes): build = try scanner.readBuild()
            case UInt8(ascii: "b") where key.equals("build_number", in: bytes): buildNumber = try scanner.readInteger()
            case UInt8(ascii: "c") where key.equals("constrains", in: bytes): constrains = try scanner.skipStrings()
            case UInt8(ascii: "d") where key.equals("depends", in: bytes): depends = try scanner.skipStrings()
            case UInt8(ascii: "e") where key.equals("extra_depends", in: bytes): extraDepends = try skipGroups()
            case UInt8(ascii: "i") where key.equals("indexed_timestamp", in: bytes): indexedTimestamp = try scanner.readTime()
            case UInt8(ascii: "n") where key.equals("name", in: bytes): name = try scanner.readText()
            case UInt8(ascii: "n") where key.equals("noarch", in: bytes): noarch = try scanner.readNoArch()
            case UInt8(ascii: "t") where key.equals("timestamp", in: bytes): timestamp = try scanner.readTime()
            case UInt8(ascii: "t") where key.equals("track_features", in: bytes):
                trackFeatureCount = try scanner.readWords().count
            case UInt8(ascii: "v") where key.equals("version", in: bytes): version = try scanner.readVersion()
            default: try scanner.skipValue()
            }
        }
    }

    private mutating func skipGroups() throws(RepodataError) -> Range<Int>? {
        if try scanner.takeNull() { return nil }
        guard scanner.next(is: "{") else { throw scanner.unexpected(.object) }
        let start = scanner.position
        try scanner.skipValue()
        return start..<scanner.position
    }
}
