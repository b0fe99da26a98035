/// One header of the central directory (APPNOTE 4.3.12), still unjudged.
struct ZipCentralHeader {
    let name: String
    /// Bytes in the directory, with name, extra field and comment.
    let length: Int

    private let madeBySystem: UInt8
    private let flags: UInt16
    private let method: UInt16
    private let checksum: UInt32
    private var packedSize: UInt64
    private var size: UInt64
    private var headerOffset: UInt64
    private let mode: UInt16

    init(_ view: ByteView, at start: Int) throws(ArchiveFault) {
        guard try view.u32(start) == 0x0201_4b50 else { throw .malformed("has a broken central directory") }
        madeBySystem = UInt8(truncatingIfNeeded: try view.u16(start + 4) >> 8)
        flags = try view.u16(start + 8)
        method = try view.u16(start + 10)
        checksum = try view.u32(start + 16)
        packedSize = UInt64(try view.u32(start + 20))
        size = UInt64(try view.u32(start + 24))
        let nameCount = Int(try view.u16(start + 28))
        let extraCount = Int(try view.u16(start + 30))
        let commentCount = Int(try view.u16(start + 32))
        let disk = try view.u16(start + 34)
        mode = try view.u16(start + 40)
        headerOffset = UInt64(try view.u32(start + 42))
        length = 46 + nameCount + extraCount + commentCount
        _ = try view.slice(start, count: length)
        guard let name = String(validating: try view.slice(start + 46, count: nameCount), as: UTF8.self) else {
            throw .unsupported("has an entry whose name is not UTF-8")
        }
        self.name = name
        if extraCount > 0 {
            let extra = ZipExtraFields(ByteView(try view.slice(start + 46 + nameCount, count: extraCount)))
            try widen(extra)
            try checkName(extra)
        }
        guard disk == 0 || disk == 0xffff else { throw .unsupported("is split over several files") }
    }

    /// Takes the fields that did not fit from the zip64 extra field (APPNOTE 4.5.3).
    private mutating func widen(_ extra: ZipExtraFields) throws(ArchiveFault) {
        let narrow = UInt64(UInt32.max)
        guard size == narrow || packedSize == narrow || headerOffset == narrow,
            let wide = try extra.field(.zip64)
        else { return }
        var next = 0
        for field in [\Self.size, \.packedSize, \.headerOffset] where self[keyPath: field] == narrow {
            self[keyPath: field] = try wide.u64(next)
            next += 8
        }
    }

    /// A second name (APPNOTE 4.6.9: a version, the checksum of the first name, the name) has to be the same: some readers
    /// go by it.
    private func checkName(_ extra: ZipExtraFields) throws(ArchiveFault) {
        guard let field = try extra.field(.unicodePath), field.bytes.count > 5 else { return }
        guard field.bytes[5...].elementsEqual(name.utf8) else {
            throw .malformed("has an entry with two names: '\(name)' and '\(String(decoding: field.bytes[5...], as: UTF8.self))'")
        }
    }

    /// Judges the header; `boundary` is where entries must have ended.
    func entry(boundary: UInt64) throws(ArchiveFault) -> ZipEntry {
        guard flags & 0x41 == 0 else { throw .unsupported("is encrypted") }
        guard let method = ZipEntry.Method(rawValue: method) else {
            throw .unsupported("is compressed by method \(method); only stored and deflated entries can be read")
        }
        let kind = try kind()
        try checkSizes(method, kind)
        return ZipEntry(
            spelledName: name, path: try EntryPath(parsing: name), kind: kind, method: method, size: size,
            packedSize: packedSize, checksum: checksum, isExecutable: kind == .file && mode & 0o111 != 0,
            headerOffset: headerOffset, boundary: boundary, flags: flags)
    }

    private func kind() throws(ArchiveFault) -> ZipEntry.Kind {
        let isNamedDirectory = name.utf8.last == UInt8(ascii: "/")
        // Only writers on Unix (3) and macOS (19) mean the type bits; others leave anything there.
        guard madeBySystem == 3 || madeBySystem == 19 else { return isNamedDirectory ? .directory : .file }
        switch mode & 0o170000 {
        case 0: return isNamedDirectory ? .directory : .file
        case 0o100000 where !isNamedDirectory: return .file
        case 0o040000 where isNamedDirectory: return .directory
        case 0o120000: throw .unsafeLink
        case 0o100000, 0o040000: throw .malformed("is called a directory in one place and a file in another")
        default: throw .unsupported("is neither a file nor a directory")
        }
    }

    private func checkSizes(_ method: ZipEntry.Method, _ kind: ZipEntry.Kind) throws(ArchiveFault) {
        if kind == .directory, size != 0 { throw .malformed("is a directory with content") }
        try EntryPromise(method: method, packedSize: packedSize, size: size, checksum: checksum).checkSizes()
    }
}
