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
