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
    private var position = 0
    private var admission: TarAdmission
    private(set) var currentName: String?

    init(_ bytes: [UInt8], _ limits: ArchiveLimits) {
        self.bytes = bytes
        admission = TarAdmission(limits)
    }

    mutating func next() throws(ArchiveFault) -> TarEntry? {
        currentName = nil
        guard let header = try nextHeader() else { return nil }
        currentName = header.name
        let admitted = try admission.admit(header)
        let body = try takeBody(admitted.size)
        let content: TarEntry.Content =
            switch admitted.kind {
            case .file(let isExecutable): .file(Array(body), isExecutable: isExecutable)
            case .directory: .directory
            case .symbolicLink(let target): .symbolicLink(target: target)
            case .hardLink(let target): .hardLink(to: target)
            }
        return TarEntry(admitted.path, content)
    }

    /// The next header of a real entry, completed by the pax and GNU headers in front of it.
    private mutating func nextHeader() throws(ArchiveFault) -> TarHeader? {
        var prelude = TarPrelude()
        while let header = try TarHeader(block: try take(UInt64(TarHeader.blockSize))) {
            guard TarPrelude.isPart(header) else { return try prelude.complete(header) }
            try prelude.add(header, try takeBody(header.size))
        }
        guard prelude.isEmpty else { throw .truncated }
        return nil
    }

    private mutating func takeBody(_ size: UInt64) throws(ArchiveFault) -> ArraySlice<UInt8> {
        let body = try take(size)
        // The padding of the last body may be missing in archives that were cut after their last byte.
        position = min(bytes.count, position + (-Int(size) & 511))
        return body
    }

    private mutating func take(_ size: UInt64) throws(ArchiveFault) -> ArraySlice<UInt8> {
        guard size <= UInt64(bytes.count - position) else { throw .truncated }
        defer { position += Int(size) }
        return bytes[position..<position + Int(size)]
    }
}
