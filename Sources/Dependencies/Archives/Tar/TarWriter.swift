/// Writes POSIX tar archives (IEEE 1003.1, ustar with pax headers where a field does not fit) that depend on nothing but
/// their entries: sorted by the bytes of the path, owner 0 without a name, modes 0755 and 0644, one time for all.
///
/// The same entries give the same bytes on every machine and in any order of adding.
public struct TarWriter: Sendable {
    private var entries: [EntryPath: TarEntry.Content] = [:]
    private let modificationTime: Int64

    /// - Parameter modificationTime: seconds since 1970 for every entry. The default is 1980-01-01, the first day that
    ///   zip files can express: what is unpacked here may be zipped later.
    public init(modificationTime: Int64 = 315_532_800) {
        self.modificationTime = modificationTime
    }

    /// Adds an entry. Directories need not be added; where they are, they are written.
    ///
    /// - Throws: `.duplicatePath` if the path is there already.
    public mutating func add(_ path: EntryPath, _ content: TarEntry.Content) throws(ArchiveFault) {
        guard entries.updateValue(content, forKey: path) == nil else { throw .duplicatePath }
    }

    /// Adds a regular file.
    public mutating func addFile(
        _ path: EntryPath, _ bytes: [UInt8], isExecutable: Bool = false
    ) throws(ArchiveFault) {
        try add(path, .file(bytes, isExecutable: isExecutable))
    }

    /// The archive: whole records of 10,240 bytes, as tar has it.
    public func finish() -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(entries.count * 2048)
        for (path, content) in entries.sorted(by: { $0.key < $1.key }) {
            append(path, content, to: &output)
        }
        Self.appendEnd(to: &output, after: 0)
        return output
    }

    /// Appends one entry, for whoever makes an archive in pieces: those that follow each other in the order of their paths,
    /// with the end behind the last, are what `finish` gives.
    package func append(_ path: EntryPath, _ content: TarEntry.Content, to output: inout [UInt8]) {
        var header = TarHeader(name: path.string, modificationTime: modificationTime)
        var body: [UInt8] = []
        switch content {
        case .file(let bytes, let isExecutable):
            header.type = .file
            header.mode = isExecutable ? 0o755 : 0o644
            body = bytes
        case .directory:
            header.type = .directory
            header.mode = 0o755
            header.name += "/"
        case .symbolicLink(let target):
            header.type = .symbolicLink
            header.mode = 0o777
            header.link = target
        case .hardLink(let target):
            header.type = .hardLink
            header.mode = 0o644
            header.link = target.string
        }
        header.size = UInt64(body.count)
        header.write(to: &output)
        Self.append(body, to: &output)
    }

    /// Appends what ends an archive.
    ///
    /// - Parameter before: bytes of the pieces before this one.
    package static func appendEnd(to output: inout [UInt8], after before: Int) {
        output.append(contentsOf: repeatElement(0, count: 1024))
        let record = 10240
        output.append(contentsOf: repeatElement(0, count: (record - (before + output.count) % record) % record))
    }

    static func append(_ body: [UInt8], to output: inout [UInt8]) {
        output.append(contentsOf: body)
        output.append(contentsOf: repeatElement(0, count: -body.count & 511))
    }
}
