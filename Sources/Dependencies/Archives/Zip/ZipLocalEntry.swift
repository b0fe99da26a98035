/// An entry as the header in front of its data describes it (APPNOTE 4.3.7), before the central directory was seen.
package struct ZipLocalEntry: Sendable {
    /// The name as spelled in the archive.
    let spelledName: String
    let path: EntryPath
    let isDirectory: Bool
    let promise: EntryPromise
    let headerOffset: UInt64
    let dataOffset: UInt64

    var end: UInt64 { dataOffset + promise.packedSize }

    /// Bytes of name and extra field behind the fixed part of a header.
    static func variableSize(_ fixed: UnsafeRawBufferPointer) throws(ArchiveFault) -> Int {
        let view = ByteView(fixed)
        return Int(try view.u16(26)) + Int(try view.u16(28))
    }

    /// Reads a whole header.
    ///
    /// - Returns: `nil` for what only the central directory can tell: no header, an entry whose sizes come behind its data or
    ///   in an extra field, an encrypted one, an unknown method.
    /// - Throws: for names and sizes that are refused in any case.
    init?(_ header: UnsafeRawBufferPointer, at offset: UInt64) throws(ArchiveFault) {
        let view = ByteView(header)
        guard try view.u32(0) == ZipLocalHeader.signature, try view.u16(6) & 0x49 == 0,
            let method = ZipEntry.Method(rawValue: try view.u16(8))
        else { return nil }
        let (packedSize, size) = (try view.u32(18), try view.u32(22))
        guard packedSize != UInt32.max, size != UInt32.max,
            let name = String(validating: try view.slice(30, count: Int(try view.u16(26))), as: UTF8.self)
        else { return nil }
        spelledName = name
        path = try EntryPath(parsing: name)
        isDirectory = name.utf8.last == UInt8(ascii: "/")
        promise = EntryPromise(
            method: method, packedSize: UInt64(packedSize), size: UInt64(size), checksum: try view.u32(14))
        headerOffset = offset
        dataOffset = offset + UInt64(header.count)
    }

    /// Whether the central directory says the same.
    func agrees(with entry: ZipEntry) -> Bool {
        entry.kind == .file && entry.spelledName == spelledName && EntryPromise(entry) == promise && !entry.hasDataDescriptor
    }
}
