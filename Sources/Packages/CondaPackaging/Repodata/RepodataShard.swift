/// The records of one package: a shard, decompressed (CEP 16).
public struct RepodataShard: Sendable {
    /// The records; of an archive that is there in both formats only the `.conda`.
    public private(set) var records: [RepodataRecord] = []
    /// The entries whose names no conda package can have, or whose records are about another package.
    public private(set) var passedOverCount = 0

    /// - Parameter subdir: The platform, for records that do not say theirs.
    public init(_ bytes: UnsafeBufferPointer<UInt8>, subdir: Subdir) throws(RepodataError) {
        var reader = MessagePackReader(bytes)
        var items = try reader.beginObject()
        while let key = try reader.nextKey(&items) {
            if key.equals("packages", in: bytes) || key.equals("packages.conda", in: bytes) {
                try readPackages(&reader, ending: "", subdir)
            } else if key.equals("v3", in: bytes) {
                try readLaterRevision(&reader, subdir)
            } else {
                try reader.skipValue()
            }
        }
        guard reader.isAtEnd else { throw reader.error(.expected(.end)) }
        leaveOutOldFormats()
    }

    private mutating func readLaterRevision(_ reader: inout MessagePackReader, _ subdir: Subdir) throws(RepodataError) {
        var items = try reader.beginObject()
        while let key = try reader.nextKey(&items) {
            let ending = "." + (try reader.text(of: key))
            if ArchiveName.Format(rawValue: ending) != nil {
                try readPackages(&reader, ending: ending, subdir)
            } else {
                try reader.skipValue()
            }
        }
    }

    private mutating func readPackages(
        _ reader: inout MessagePackReader, ending: String, _ subdir: Subdir
    ) throws(RepodataError) {
        if try reader.takeNull() { return }
        var items = try reader.beginObject()
        while let key = try reader.nextKey(&items) {
            guard let fileName = try? ArchiveName(parsing: reader.text(of: key) + ending) else {
                passedOverCount += 1
                try reader.skipValue()
                continue
            }
            let record = reader
            try reader.skipValue()
            var recordReader = RecordReader(record)
            do throws(RepodataError) {
                records.append(try recordReader.read(fileName, subdir))
            } catch {
                guard case .otherName = error.problem else { throw error }
                passedOverCount += 1
            }
        }
    }

    /// Of an archive that is there in both formats the `.conda` stays.
    private mutating func leaveOutOldFormats() {
        var stems: Set<String> = []
        for record in records where record.fileName.format == .conda { stems.insert(record.fileName.stem) }
        records.removeAll { $0.fileName.format != .conda && stems.contains($0.fileName.stem) }
    }
}
