/// Bytes that stay where they are while somebody looks at them: an array, or a file in memory.
public protocol RepodataBytes: Sendable {
    /// Calls `body` with the bytes, the same ones every time.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result
}

extension [UInt8]: RepodataBytes {
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer(body)
    }
}

/// The `repodata.json` of one platform's folder: its bytes, and where in them each package is.
public struct Repodata<Bytes: RepodataBytes>: Sendable {
    public let bytes: Bytes
    public let index: RepodataIndex
    /// The platform of the folder, as the repodata says it or as whoever fetched it knows.
    public let subdir: Subdir?

    /// - Parameter subdir: The platform, which is believed rather than what the repodata says.
    public init(_ bytes: Bytes, subdir: Subdir? = nil) throws(RepodataError) {
        self.bytes = bytes
        index = try bytes.withBytes { bytes throws(RepodataError) in try RepodataIndex(scanning: bytes) }
        self.subdir = subdir ?? index.info.subdir.flatMap { try? Subdir(parsing: $0) }
    }

    /// Repodata with an index that was stored before.
    ///
    /// - Throws: An error where the index is not one of these bytes; it has to be made anew then.
    public init(
        _ bytes: Bytes, storedIndex: UnsafeBufferPointer<UInt8>, subdir: Subdir? = nil
    ) throws(RepodataError) {
        self.bytes = bytes
        let length = bytes.withBytes { bytes in bytes.count }
        index = try RepodataIndex(stored: storedIndex, sourceLength: length)
        self.subdir = subdir ?? index.info.subdir.flatMap { try? Subdir(parsing: $0) }
    }

    /// The index as bytes, to be kept beside the repodata.
    public func storedIndex() -> [UInt8] { index.stored(sourceLength: bytes.withBytes { bytes in bytes.count }) }

    /// The number of records.
    public var count: Int { index.count }

    public var packageNames: [CondaName] { bytes.withBytes { bytes in index.packageNames(in: bytes) } }

    /// The records of a package, decoded now. Records whose name is not the one in their file's name are left out.
    public func records(of name: CondaName) throws(RepodataError) -> [RepodataRecord] {
        try decode(name) { place, bytes throws(RepodataError) in try RepodataRecord(at: place, in: bytes, subdir: subdir) }
    }

    /// What a solver looks at of a package's records, with the same left out.
    public func candidates(of name: CondaName) throws(RepodataError) -> [RepodataCandidate] {
        try decode(name) { place, bytes throws(RepodataError) in try RepodataCandidate(at: place, in: bytes) }
    }

    private func decode<Item>(
        _ name: CondaName, _ decode: (RepodataPlace, UnsafeBufferPointer<UInt8>) throws(RepodataError) -> Item
    ) throws(RepodataError) -> [Item] {
        try bytes.withBytes { bytes throws(RepodataError) in
            let places = index.places(of: name, in: bytes)
            var items: [Item] = []
            items.reserveCapacity(places.count)
            for place in places {
                do throws(RepodataError) {
                    items.append(try decode(place, bytes))
                } catch {
                    guard case .otherName = error.problem else { throw error }
                }
            }
            return items
        }
    }

    /// The whole record of a candidate.
    public func record(of candidate: RepodataCandidate) throws(RepodataError) -> RepodataRecord {
        try bytes.withBytes { bytes throws(RepodataError) in
            try RepodataRecord(at: candidate.place, in: bytes, subdir: subdir)
        }
    }
}
