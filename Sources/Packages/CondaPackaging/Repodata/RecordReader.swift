import Digests

/// Reads the object of one record.
struct RecordReader<Source: RecordSource> {
    private var source: Source
    private let start: Int

    private var name: CondaName?
    private var version: CondaVersion?
    private var build: String?
    private var buildNumber: UInt64?
    private var subdir: Subdir?

    init(_ source: Source) {
        self.source = source
        start = source.position
    }

    /// The record, which the source stands before; the source stands after it then.
    ///
    /// - Parameter defaultSubdir: The platform, for records that do not say theirs.
    mutating func read(_ fileName: ArchiveName, _ defaultSubdir: Subdir?) throws(RepodataError) -> RepodataRecord {
        var record = RepodataRecord(
            fileName: fileName, name: fileName.name, version: fileName.version, build: fileName.build, buildNumber: 0,
            subdir: defaultSubdir ?? .noarch)
        var items = try source.beginObject()
        while let key = try source.nextKey(&items) { try readField(key, into: &record) }
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

    private mutating func readField(_ key: RawText, into record: inout RepodataRecord) throws(RepodataError) {
        let bytes = source.bytes
        // By the first letter first: a record has many fields, and most of them are looked at.
        switch key.range.isEmpty ? 0 : bytes[key.range.lowerBound] {
        case UInt8(ascii: "b") where key.equals("build", in: bytes): build = try source.readBuild()
        case UInt8(ascii: "b") where key.equals("build_number", in: bytes): buildNumber = try source.readInteger()
        case UInt8(ascii: "c") where key.equals("constrains", in: bytes): record.constrains = try source.readStrings()
        case UInt8(ascii: "d") where key.equals("depends", in: bytes): record.depends = try source.readStrings()
        case UInt8(ascii: "e") where key.equals("extra_depends", in: bytes): record.extraDepends = try source.readGroups()
        case UInt8(ascii: "f") where key.equals("features", in: bytes): record.features = try source.readStringIfPresent()
        case UInt8(ascii: "f") where key.equals("flags", in: bytes): record.flags = try source.readStrings()
        case UInt8(ascii: "i") where key.equals("indexed_timestamp", in: bytes): record.indexedTimestamp = try source.readTime()
        case UInt8(ascii: "l"): try readLicense(key, into: &record)
        case UInt8(ascii: "m") where key.equals("md5", in: bytes): record.md5 = try source.readDigest()
        case UInt8(ascii: "n") where key.equals("name", in: bytes): name = try source.readName()
        case UInt8(ascii: "n") where key.equals("noarch", in: bytes): record.noarch = try source.readNoArch()
        case UInt8(ascii: "p") where key.equals("purls", in: bytes): record.purls = try source.readStrings()
        case UInt8(ascii: "p") where key.equals("python_site_packages_path", in: bytes):
            record.pythonSitePackagesPath = try source.readStringOrNull()
        case UInt8(ascii: "s") where key.equals("sha256", in: bytes):
            record.sha256 = try source.readDigest()
        case UInt8(ascii: "s") where key.equals("size", in: bytes): record.size = try source.readIntegerOrNull()
        case UInt8(ascii: "s") where key.equals("subdir", in: bytes): subdir = try source.readSubdir()
        case UInt8(ascii: "t") where key.equals("timestamp", in: bytes): record.timestamp = try source.readTime()
        case UInt8(ascii: "t") where key.equals("track_features", in: bytes): record.trackFeatures = try source.readWords()
        case UInt8(ascii: "v") where key.equals("version", in: bytes):
            version = try source.readVersion(knowing: record.fileName.version)
        default: try source.skipValue()
        }
    }

    private mutating func readLicense(_ key: RawText, into record: inout RepodataRecord) throws(RepodataError) {
        let bytes = source.bytes
        if key.equals("license", in: bytes) {
            record.license = try source.readStringIfPresent()
        } else if key.equals("license_family", in: bytes) {
            record.licenseFamily = try source.readStringIfPresent()
        } else if key.equals("legacy_bz2_md5", in: bytes) {
            record.legacyBzip2MD5 = try source.readDigest()
        } else if key.equals("legacy_bz2_size", in: bytes) {
            record.legacyBzip2Size = try source.readIntegerOrNull()
        } else {
            try source.skipValue()
        }
    }
}

extension MD5Digest: RecordDigest {}
extension SHA256Digest: RecordDigest {}
