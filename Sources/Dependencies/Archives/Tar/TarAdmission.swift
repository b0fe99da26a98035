/// Judges the entries of one archive in their order: what is admitted can be written below a folder without harm.
struct TarAdmission {
    /// An entry without its content.
    struct Admitted {
        var path: EntryPath
        var kind: Kind
        /// Bytes of content that follow the header.
        var size: UInt64
    }

    enum Kind: Equatable {
        case file(isExecutable: Bool)
        case directory
        case symbolicLink(target: String)
        case hardLink(to: EntryPath)
    }

    private let limits: ArchiveLimits
    private var count = 0
    private var tree = EntryTree(expecting: 64)
    private var files: Set<EntryPath> = []

    init(_ limits: ArchiveLimits) { self.limits = limits }

    /// Folders that are needed so far, parents first.
    var directories: [EntryPath] { tree.directories }

    /// - Throws: for a path or link that leads outside, for what was there before, and for more than the limits allow.
    mutating func admit(_ header: TarHeader) throws(ArchiveFault) -> Admitted {
        count += 1
        guard count <= limits.entries else { throw .overLimit("more than \(limits.entries) entries") }
        try limits.check(entry: header.size)
        let path = try EntryPath(parsing: header.name)
        let kind = try kind(of: header, at: path)
        if kind == .directory { try tree.addDirectory(path) } else { try tree.addLeaf(path) }
        guard case .file = kind else {
            return Admitted(path: path, kind: kind, size: kind == .directory ? header.size : 0)
        }
        files.insert(path)
        return Admitted(path: path, kind: kind, size: header.size)
    }

    private func kind(of header: TarHeader, at path: EntryPath) throws(ArchiveFault) -> Kind {
        switch header.type {
        case .file: return .file(isExecutable: header.mode & 0o111 != 0)
        case .directory: return .directory
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
}
