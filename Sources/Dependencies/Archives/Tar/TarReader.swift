/// Reads tar archives in memory: ustar, pax, and GNU's long names; files, directories and links that stay inside.
///
/// Iterating a whole archive with `entries()` checks it as a whole, before anything can be done with it.
public struct TarReader: Sendable {
    let name: String
    private let bytes: [UInt8]
    private let limits: ArchiveLimits

    /// - Parameter name: how errors call the archive.
    public init(_ bytes: [UInt8], name: String = "tar archive", limits: ArchiveLimits = .init()) {
        self.bytes = bytes
        self.name = name
        self.limits = limits
    }

    /// All entries in the order of the archive.
    ///
    /// A link whose target is absolute or lies outside, and an entry below a link, are refused.
    public func entries() throws(ArchiveError) -> [TarEntry] {
        var scan = TarScan(bytes, limits)
        var result: [TarEntry] = []
        while true {
            do throws(ArchiveFault) {
                guard let entry = try scan.next() else { return result }
                result.append(entry)
            } catch {
                throw ArchiveError(archive: name, entry: scan.currentName, error)
            }
        }
    }
}

/// A walk over the headers of an archive.
private struct TarScan {
    private let bytes: [UInt8]
    private let limits: ArchiveLimits
    private var position = 0
    private var count = 0
    private var tree = EntryTree(expecting: 64)
    private var files: Set<EntryPath> = []
    private(set) var currentName: String?

    init(_ bytes: [UInt8], _ limits: ArchiveLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func next() throws(ArchiveFault) -> TarEntry? {
        currentName = nil
        guard let header = try nextHeader() else { return nil }
        currentName = header.name
        count += 1
        guard count <= limits.entries else { throw .overLimit("more than \(limits.entries) entries") }
        try limits.check(entry: header.size)
        let path = try EntryPath(parsing: header.name)
        let content = try content(of: header, at: path)
        if content == .directory { try tree.addDirectory(path) } else { try tree.addLeaf(path) }
        if case .file = content { files.insert(path) }
        return TarEntry(path, content)
    }

    /// The next header of a real entry, completed by the pax and GNU headers in front of it.
    private mutating func nextHeader() throws(ArchiveFault) -> TarHeader? {
        var records: [String: String] = [:]
        while var header = try TarHeader(block: try take(UInt64(TarHeader.blockSize))) {
            switch header.type {
            case .paxLocal: records.merge(try TarHeader.paxRecords(try takeBody(header))) { $1 }
            case .paxGlobal: _ = try TarHeader.paxRecords(try takeBody(header))
            case .gnuLongName: records["path"] = try TarHeader.text(try takeBody(header))
            case .gnuLongLink: records["linkpath"] = try TarHeader.text(try takeBody(header))
            default:
                try header.apply(pax: records)
                return header
            }
        }
        guard records.isEmpty else { throw .truncated }
        return nil
    }

    private mutating func content(
        of header: TarHeader, at path: EntryPath
    ) throws(ArchiveFault) -> TarEntry.Content {
        switch header.type {
        case .file: return .file(Array(try takeBody(header)), isExecutable: header.mode & 0o111 != 0)
        case .directory:
            _ = try takeBody(header)
            return .directory
        case .symbolicLink:
            try Self.checkTarget(header.link, from: path)
            return .symbolicLink(target: header.link)
        default:
            guard let target = try? EntryPath(parsing: header.link), files.contains(target) else { throw .unsafeLink }
            return .hardLink(to: target)
        }
    }

    /// A relative target may climb, but no further than to the top of the archive, and only at its beginning: behind a
    /// name that is itself a link, `..` would start from somewhere else.
    private static func checkTarget(_ target: String, from path: EntryPath) throws(ArchiveFault) {
        let slash = UInt8(ascii: "/")
        // By bytes: to Swift, a slash and an accent behind it are one character that is no slash.
        let bytes = target.utf8
        guard let first = bytes.first, first != slash, bytes.count <= 4095, !bytes.contains(0) else { throw .unsafeLink }
        var depth = path.string.utf8.count { $0 == slash }
        var isClimbing = true
        for component in bytes.split(separator: slash) where !component.elementsEqual(".".utf8) {
            guard component.elementsEqual("..".utf8) else {
                isClimbing = false
                continue
            }
            depth -= 1
            if !isClimbing || depth < 0 { throw .unsafeLink }
        }
    }

    private mutating func takeBody(_ header: TarHeader) throws(ArchiveFault) -> ArraySlice<UInt8> {
        let body = try take(header.size)
        // The padding of the last body may be missing in archives that were cut after their last byte.
        position = min(bytes.count, position + (-Int(header.size) & 511))
        return body
    }

    private mutating func take(_ size: UInt64) throws(ArchiveFault) -> ArraySlice<UInt8> {
        guard size <= UInt64(bytes.count - position) else { throw .truncated }
        defer { position += Int(size) }
        return bytes[position..<position + Int(size)]
    }
}
