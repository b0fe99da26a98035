import Archives
import Digests
import PythonPackaging

/// Turns a page of an index into the form in which it is kept.
struct ListingEncoder {
    private var strings: [UInt8] = []
    private var known: [Substring: (offset: UInt32, count: UInt32)] = [:]

    /// What the HTTP headers said about the page.
    struct Origin {
        /// Seconds from the file's modification time.
        var lifetime: Int64
        /// Seconds after that in which the page may serve while the server fails.
        var staleIfError: Int64 = 0
        var entityTag: String?
        var lastModified: String?
    }

    /// The page of `project`; files that are neither wheels nor source distributions of it are left out.
    static func encode(_ page: ProjectPage, of project: PackageName, _ origin: Origin) -> [UInt8] {
        var encoder = ListingEncoder()
        return encoder.encode(page, project, origin)
    }

    /// The answer that there is no such project.
    static func encodeMissing(_ origin: Origin) -> [UInt8] {
        var encoder = ListingEncoder()
        let header = encoder.header(origin, status: nil, flags: ListingFormat.HeaderFlags.isMissing)
        return encoder.assemble(header, versions: [], files: [])
    }

    /// A kept page with another lifetime.
    static func reencode(_ kept: CachedListing, lifetime: Int64, staleIfError: Int64) -> [UInt8] {
        var bytes = kept.copy()
        put(Int(lifetime), at: ListingFormat.Header.lifetime, in: &bytes)
        put(Int(staleIfError), at: ListingFormat.Header.staleIfError, in: &bytes)
        seal(&bytes)
        return bytes
    }

    private mutating func encode(_ page: ProjectPage, _ project: PackageName, _ origin: Origin) -> [UInt8] {
        let header = header(origin, status: page.status, flags: 0)
        var versions: [UInt8] = []
        var files: [UInt8] = []
        files.reserveCapacity(page.files.count * ListingFormat.FileRecord.recordSize)
        var fileCount = 0
        let groups = ListingGroups(page.files, project).descending
        // First the texts of all versions, which are wanted together: so they lie on few pages of memory.
        for group in groups {
            append(text: group.version.description[...], to: &versions)
            append(UInt32(fileCount), to: &versions)
            append(UInt32(group.files.count), to: &versions)
            append(group.flags, to: &versions)
            fileCount += group.files.count
        }
        for group in groups {
            for position in group.files { append(page.files[position], to: &files) }
        }
        return assemble(header, versions: versions, files: files)
    }

    private mutating func header(_ origin: Origin, status: ProjectStatus?, flags: UInt32) -> [UInt8] {
        var header: [UInt8] = []
        append(ListingFormat.magic, to: &header)
        append(UInt32(0), to: &header)
        append(flags, to: &header)
        for _ in 0..<4 { append(UInt32(0), to: &header) }
        append(UInt32(clamping: origin.lifetime), to: &header)
        append(text: origin.entityTag.map { $0[...] }, to: &header)
        append(text: origin.lastModified.map { $0[...] }, to: &header)
        append(text: status.map { $0.marker.text[...] }, to: &header)
        append(text: status?.reason.map { $0[...] }, to: &header)
        append(UInt32(clamping: origin.staleIfError), to: &header)
        return header
    }

    private func assemble(_ header: [UInt8], versions: [UInt8], files: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(header.count + versions.count + files.count + strings.count)
        output += header
        output += versions
        output += files
        let stringsOffset = output.count
        output += strings
        Self.put(output.count, at: ListingFormat.Header.totalSize, in: &output)
        Self.put(versions.count / ListingFormat.VersionRecord.size, at: ListingFormat.Header.versionCount, in: &output)
        Self.put(files.count / ListingFormat.FileRecord.recordSize, at: ListingFormat.Header.fileCount, in: &output)
        Self.put(stringsOffset, at: ListingFormat.Header.stringsOffset, in: &output)
        Self.seal(&output)
        return output
    }

    private static func seal(_ bytes: inout [UInt8]) {
        let checksum = bytes.withUnsafeBytes {
            Checksum.crc32(UnsafeRawBufferPointer(rebasing: $0[ListingFormat.Header.flags...]))
        }
        put(Int(checksum), at: ListingFormat.Header.checksum, in: &bytes)
    }

    private static func put(_ number: Int, at offset: Int, in output: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(clamping: number).littleEndian) { bytes in
            for (position, byte) in bytes.enumerated() { output[offset + position] = byte }
        }
    }
}

// MARK: Records

extension ListingEncoder {
    private typealias Flags = ListingFormat.FileFlags

    private mutating func append(_ file: IndexFile, to files: inout [UInt8]) {
        let url = SplitURL(file.url, filename: file.filename)
        append(flags(of: file) | (url.endsWithFilename ? Flags.endsWithFilename : 0), to: &files)
        append(text: file.filename[...], to: &files, isShared: false)
        append(text: url.start, to: &files)
        append(text: url.middle, to: &files, isShared: false)
        append(text: file.requiresPython.map { $0[...] }, to: &files)
        append(text: file.uploadTime.map { $0[...] }, to: &files, isShared: false)
        append(text: file.yankedReason.map { $0[...] }, to: &files)
        let others = file.otherHashes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        append(text: others.isEmpty ? nil : others.joined(separator: "\n")[...], to: &files, isShared: false)
        append(UInt64(bitPattern: file.size ?? 0), to: &files)
        append(file.sha256, to: &files)
        if case .available(let digest) = file.metadata { append(digest, to: &files) } else { append(nil, to: &files) }
    }

    private func flags(of file: IndexFile) -> UInt32 {
        var flags: UInt32 = 0
        if file.isYanked { flags |= Flags.isYanked }
        if file.sha256 != nil { flags |= Flags.hasSHA256 }
        if file.size != nil { flags |= Flags.hasSize }
        if case .available(let digest) = file.metadata {
            flags |= Flags.hasMetadata
            if digest != nil { flags |= Flags.hasMetadataSHA256 }
        }
        return flags
    }

    private func append(_ digest: SHA256Digest?, to output: inout [UInt8]) {
        if let digest {
            output += digest.bytes
        } else {
            output.append(contentsOf: repeatElement(0, count: SHA256Digest.byteCount))
        }
    }

    private func append(_ number: some FixedWidthInteger, to output: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { output.append(contentsOf: $0) }
    }

    /// - Parameter isShared: whether the same text is likely to come again.
    private mutating func append(text: Substring?, to output: inout [UInt8], isShared: Bool = true) {
        guard let text else {
            append(UInt32(0), to: &output)
            append(ListingFormat.absent, to: &output)
            return
        }
        var place = isShared ? known[text] : nil
        if place == nil {
            let new = (offset: UInt32(clamping: strings.count), count: UInt32(clamping: text.utf8.count))
            // As a block where the text lies in one piece, which it nearly always does.
            if text.utf8.withContiguousStorageIfAvailable({ strings.append(contentsOf: $0) }) == nil {
                strings.append(contentsOf: text.utf8)
            }
            if isShared { known[text] = new }
            place = new
        }
        append(place?.offset ?? 0, to: &output)
        append(place?.count ?? 0, to: &output)
    }
}

extension IndexFile {
    fileprivate var yankedReason: String? {
        if case .yes(let reason) = yanked { reason } else { nil }
    }
}

/// An address as a part that many files share, a part of its own, and the file's name.
private struct SplitURL {
    let start: Substring
    let middle: Substring
    let endsWithFilename: Bool

    init(_ url: String, filename: String) {
        var (url, filename) = (url, filename)
        let (end, count, hasName) = url.withUTF8 { url in
            filename.withUTF8 { name in
                let hasName = url.count > name.count && url.suffix(name.count).elementsEqual(name)
                let count = hasName ? url.count - name.count : url.count
                return (Self.endOfHost(url[..<count]) ?? 0, count, hasName)
            }
        }
        let start = url.utf8.startIndex
        endsWithFilename = hasName
        self.start = url[..<url.utf8.index(start, offsetBy: end)]
        middle = url[url.utf8.index(start, offsetBy: end)..<url.utf8.index(start, offsetBy: count)]
    }

    /// Scheme and host are what files of one index have in common: they end before the third slash.
    private static func endOfHost(_ url: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        var slashes = 0
        return url.firstIndex { byte in
            if byte == UInt8(ascii: "/") { slashes += 1 }
            return slashes == 3
        }
    }
}

/// The files of a page by version, newest first.
private struct ListingGroups {
    struct Group {
        var version: Version
        var files: [Int] = []
        var flags = ListingFormat.VersionFlags.isYanked
    }

    var descending: [Group] = []

    init(_ files: [IndexFile], _ project: PackageName) {
        var places: [Version: Int] = [:]
        for (position, file) in files.enumerated() {
            // The name becomes one on disk.
            guard let distribution = try? DistributionFilename(parsing: file.filename), distribution.name == project,
                !file.filename.utf8.contains(where: \.isUnsafeInFilename)
            else { continue }
            let place = places[distribution.version] ?? descending.count
            if place == descending.count {
                places[distribution.version] = place
                descending.append(Group(version: distribution.version))
            }
            descending[place].files.append(position)
            if case .wheel = distribution {
                descending[place].flags |= ListingFormat.VersionFlags.hasWheels
            } else {
                descending[place].flags |= ListingFormat.VersionFlags.hasSdists
            }
            if !file.isYanked { descending[place].flags &= ~ListingFormat.VersionFlags.isYanked }
        }
        descending.sort { $0.version > $1.version }
    }
}

extension ProjectStatus.Marker {
    /// The marker as indexes write it.
    var text: String {
        switch self {
        case .active: "active"
        case .archived: "archived"
        case .quarantined: "quarantined"
        case .deprecated: "deprecated"
        case .other(let text): text
        }
    }

    init(text: String) {
        self = [.active, .archived, .quarantined, .deprecated].first { $0.text == text } ?? .other(text)
    }
}
