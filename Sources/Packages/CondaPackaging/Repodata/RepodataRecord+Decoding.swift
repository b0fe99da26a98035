internal import Digests

extension RepodataRecord {
    /// Decodes a record from the bytes of its repodata.
    ///
    /// Fields that matter for solving and downloading have to have the right type; those that only inform are passed over
    /// where they do not.
    /// - Parameter subdir: The platform of the repodata, for old records that do not say theirs.
    public init(
        at place: RepodataPlace, in bytes: UnsafeBufferPointer<UInt8>, subdir: Subdir? = nil
    ) throws(RepodataError) {
        let fileName = try place.archiveName(in: bytes)
        var reader = RecordReader(
            JSONScanner(bytes.slice(0..<place.recordRange.upperBound), at: place.recordRange.lowerBound))
        self = try reader.read(fileName, subdir)
    }
}

/// Reads the object of one record.
private struct RecordReader {
    private var scanner: JSONScanner
    private let start: Int

    private var name: CondaName?
    private var version: CondaVersion?
    private var build: String?
    private var buildNumber: UInt64?
    private var subdir: Subdir?

    init(_ scanner: JSONScanner) {
        self.scanner = scanner
        start = scanner.position
    }

    mutating func read(_ fileName: ArchiveName, _ defaultSubdir: Subdir?) throws(RepodataError) -> RepodataRecord {
        var record = RepodataRecord(
            fileName: fileName, name: fileName.name, version: fileName.version, build: fileName.build, buildNumber: 0,
            subdir: defaultSubdir ?? .noarch)
        try scanner.beginObject()
        var isFirst = true
        while let key = try scanner.nextKey(&isFirst) {
            scanner.skipSpace()
            try readField(key, into: &record)
        }
        try complete(&record, defaultSubdir)
        return record
    }

    private func complete(_ record: inout RepodataRecord, _ defaultSubdir: Subdir?) throws(RepodataError) {
        func missing(_ field: String) -> RepodataError { RepodataError(offset: start, problem: .missingField(field)) }
        guard let name else { throw missing("name") }
        guard let version else { throw missing("version") }
        guard let build else { throw missing("build") }
        guard let buildNumber else { throw missing("build_number") }
        guard let subdir = subdir ?? defaultSubdir else { throw missing("subdir") }
        guard name == record.fileName.name else {
            throw RepodataError(offset: start, problem: .otherName(name.description, record.fileName))
        }
        record.version = version
        record.build = build
        record.buildNumber = buildNumber
        record.subdir = subdir
    }

    private mutating func readField(_ key: JSONText, into record: inout RepodataRecord) throws(RepodataError) {
        let bytes = scanner.bytes
        // By the first letter first: a record has many fields, and most of them are looked at.
        switch key.range.isEmpty ? 0 : bytes[key.range.lowerBound] {
        case UInt8(ascii: "b") where key.equals("build", in: bytes): build = try scanner.readBuild()
        case UInt8(ascii: "b") where key.equals("build_number", in: bytes): buildNumber = try scanner.readInteger()
        case UInt8(ascii: "c") where key.equals("constrains", in: bytes): record.constrains = try scanner.readStrings()
        case UInt8(ascii: "d") where key.equals("depends", in: bytes): record.depends = try scanner.readStrings()
        case UInt8(ascii: "e") where key.equals("extra_depends", in: bytes): record.extraDepends = try scanner.readGroups()
        case UInt8(ascii: "f") where key.equals("features", in: bytes): record.features = try scanner.readStringIfPresent()
        case UInt8(ascii: "f") where key.equals("flags", in: bytes): record.flags = try scanner.readStrings()
        case UInt8(ascii: "i") where key.equals("indexed_timestamp", in: bytes): record.indexedTimestamp = try scanner.readTime()
        case UInt8(ascii: "l"): try readLicense(key, into: &record)
        case UInt8(ascii: "m") where key.equals("md5", in: bytes): record.md5 = try scanner.readDigest(MD5Digest.init(hexDigits:))
        case UInt8(ascii: "n") where key.equals("name", in: bytes): name = try scanner.readName()
        case UInt8(ascii: "n") where key.equals("noarch", in: bytes): record.noarch = try scanner.readNoArch()
        case UInt8(ascii: "p") where key.equals("purls", in: bytes): record.purls = try scanner.readStrings()
        case UInt8(ascii: "p") where key.equals("python_site_packages_path", in: bytes):
            record.pythonSitePackagesPath = try scanner.readStringOrNull()
        case UInt8(ascii: "s") where key.equals("sha256", in: bytes):
            record.sha256 = try scanner.readDigest(SHA256Digest.init(hexDigits:))
        case UInt8(ascii: "s") where key.equals("size", in: bytes): record.size = try scanner.readIntegerOrNull()
        case UInt8(ascii: "s") where key.equals("subdir", in: bytes): subdir = try scanner.readSubdir()
        case UInt8(ascii: "t") where key.equals("timestamp", in: bytes): record.timestamp = try scanner.readTime()
        case UInt8(ascii: "t") where key.equals("track_features", in: bytes): record.trackFeatures = try scanner.readWords()
        case UInt8(ascii: "v") where key.equals("version", in: bytes):
            version = try scanner.readVersion(knowing: record.fileName.version)
        default: try scanner.skipValue()
        }
    }

    private mutating func readLicense(_ key: JSONText, into record: inout RepodataRecord) throws(RepodataError) {
        let bytes = scanner.bytes
        if key.equals("license", in: bytes) {
            record.license = try scanner.readStringIfPresent()
        } else if key.equals("license_family", in: bytes) {
            record.licenseFamily = try scanner.readStringIfPresent()
        } else if key.equals("legacy_bz2_md5", in: bytes) {
            record.legacyBzip2MD5 = try scanner.readDigest(MD5Digest.init(hexDigits:))
        } else if key.equals("legacy_bz2_size", in: bytes) {
            record.legacyBzip2Size = try scanner.readIntegerOrNull()
        } else {
            try scanner.skipValue()
        }
    }
}
