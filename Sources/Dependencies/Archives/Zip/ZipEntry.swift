/// One file or directory of a zip archive, as its central directory states it.
public struct ZipEntry: Sendable, Hashable {
    public enum Kind: Sendable, Hashable { case file, directory }

    public enum Method: UInt16, Sendable, Hashable { case stored = 0, deflated = 8 }

    /// The name as spelled in the archive.
    public let spelledName: String
    /// Where it is unpacked to.
    public let path: EntryPath
    public let kind: Kind
    public let method: Method
    /// Bytes when unpacked.
    public let size: UInt64
    /// Bytes in the archive.
    public let packedSize: UInt64
    /// CRC-32 of the unpacked bytes.
    public let checksum: UInt32
    /// Whether the file mode has an executable bit.
    public let isExecutable: Bool

    /// Offset of the local header.
    let headerOffset: UInt64
    /// The entry's header and data end at or before this offset.
    var boundary: UInt64
    /// The encryption and data-descriptor flags.
    let flags: UInt16

    var hasDataDescriptor: Bool { flags & 0x8 != 0 }
}
