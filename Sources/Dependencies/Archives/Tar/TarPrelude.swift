/// What pax and GNU headers say about the entry that follows them.
struct TarPrelude {
    private var records: [String: String] = [:]

    var isEmpty: Bool { records.isEmpty }

    /// Whether a header stands in front of another one.
    static func isPart(_ header: TarHeader) -> Bool {
        switch header.type {
        case .paxLocal, .paxGlobal, .gnuLongName, .gnuLongLink: true
        case .file, .hardLink, .symbolicLink, .directory: false
        }
    }

    /// Takes the body of a header that `isPart`.
    mutating func add(_ header: TarHeader, _ body: ArraySlice<UInt8>) throws(ArchiveFault) {
        switch header.type {
        case .paxLocal: records.merge(try TarHeader.paxRecords(body)) { $1 }
        case .paxGlobal: _ = try TarHeader.paxRecords(body)
        case .gnuLongName: records["path"] = try TarHeader.text(body)
        case .gnuLongLink: records["linkpath"] = try TarHeader.text(body)
        default: break
        }
    }

    /// The header of the entry itself.
    func complete(_ header: TarHeader) throws(ArchiveFault) -> TarHeader {
        var header = header
        try header.apply(pax: records)
        return header
    }
}
