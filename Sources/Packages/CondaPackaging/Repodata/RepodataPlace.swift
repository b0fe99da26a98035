/// Where one record is in the bytes of a `repodata.json`, and under which name.
public struct RepodataPlace: Sendable, Hashable {
    /// The key.
    let nameRange: Range<Int>
    /// How long the package's name is at the beginning of the key.
    private let packageLength: Int
    /// The record's object, braces included.
    public let recordRange: Range<Int>
    let form: RepodataIndex.Form

    init(_ entry: RepodataIndex.Entry) {
        let start = Int(entry.nameStart)
        nameRange = start..<start + Int(entry.nameLength)
        recordRange = Int(entry.recordStart)..<Int(entry.recordEnd)
        packageLength = Int(entry.packageLength)
        form = entry.form
    }

    /// The package's name as the key has it.
    func packageName(in bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        bytes.slice(nameRange.lowerBound..<nameRange.lowerBound + packageLength)
    }

    /// The archive's name, read from the key.
    public func archiveName(in bytes: UnsafeBufferPointer<UInt8>) throws(RepodataError) -> ArchiveName {
        do {
            let key = bytes.slice(nameRange)
            switch form {
            case .conda, .tarBzip2: return try ArchiveName(utf8: key)
            case .condaStem, .tarBzip2Stem: return try ArchiveName(parsing: key.text + form.format.rawValue)
            }
        } catch {
            throw RepodataError(offset: nameRange.lowerBound, problem: .badArchiveName(error))
        }
    }

    /// The name without the ending.
    private func stem(in bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        bytes.slice(nameRange.lowerBound..<nameRange.upperBound - form.endingLength)
    }

    /// One place for each stem: the last that is a `.conda`, else the last.
    static func withoutDuplicates(_ places: [RepodataPlace], in bytes: UnsafeBufferPointer<UInt8>) -> [RepodataPlace] {
        // Keys are sorted nearly always, so that this is seen without a table.
        let isAscending = zip(places, places.dropFirst()).allSatisfy { first, second in
            first.form == second.form && first.stem(in: bytes).lexicographicallyPrecedes(second.stem(in: bytes))
        }
        if isAscending { return places }
        var best: [String: Int] = [:]
        for (position, place) in places.enumerated() {
            let stem = place.stem(in: bytes).text
            if let other = best[stem], places[other].form.format == .conda, place.form.format != .conda { continue }
            best[stem] = position
        }
        return best.values.sorted().map { places[$0] }
    }
}
