/// The index of a Git checkout: the files that Git knows, and how they stood when it last looked at them (gitformat-index).
struct GitIndex {
    struct Entry {
        /// Seconds and nanoseconds.
        var modified: (UInt32, UInt32)
        var inode: UInt32
        var size: UInt32
        /// Whether it is in a merge that is not settled.
        var isConflict: Bool
    }

    /// By their paths from the worktree.
    private(set) var entries: [String: Entry] = [:]
    /// The tree that the index stands for, 40 digits; nothing when something was added since.
    private(set) var tree: String?

    /// Of SHA-1, as nearly all repositories are; `nil` for anything else.
    init?(_ bytes: [UInt8]) {
        var reader = ByteCursor(bytes: bytes)
        guard reader.text(4) == "DIRC", let version = reader.number(), (2...4).contains(version), let count = reader.number()
        else { return nil }
        var path: [UInt8] = []
        for _ in 0..<count {
            let start = reader.position
            guard let entry = Self.entry(&reader, version, &path) else { return nil }
            entries[String(decoding: path, as: UTF8.self)] = entry
            // Names are padded with one to eight zeros, before version 4.
            if version < 4 { reader.position = start + (reader.position - start + 8) / 8 * 8 } else { reader.position += 1 }
        }
        // Behind the last extension stands a checksum.
        while reader.position + 28 <= bytes.count, let name = reader.text(4), let size = reader.number() {
            let next = reader.position + Int(size)
            if name == "TREE" { tree = Self.rootTree(&reader) }
            reader.position = next
        }
    }

    private static func entry(_ reader: inout ByteCursor, _ version: UInt32, _ path: inout [UInt8]) -> Entry? {
        reader.position += 8
        guard let seconds = reader.number(), let nanoseconds = reader.number(), reader.number() != nil,
            let inode = reader.number()
        else { return nil }
        reader.position += 12
        guard let size = reader.number() else { return nil }
        reader.position += 20
        guard let flags = reader.short() else { return nil }
        if flags & 0x4000 != 0 { reader.position += 2 }
        if version == 4 {
            guard let dropped = reader.varint(), dropped <= path.count else { return nil }
            path.removeLast(dropped)
        } else {
            path = []
        }
        guard let name = reader.untilZero() else { return nil }
        path += name
        // Longer ones name no file; in version 4 each entry could be longer than the one before it.
        guard path.count <= 4096 else { return nil }
        return Entry(modified: (seconds, nanoseconds), inode: inode, size: size, isConflict: flags & 0x3000 != 0)
    }

    /// The first record of the extension: an empty path, how many entries (-1 when unknown), how many trees below, the digest.
    private static func rootTree(_ reader: inout ByteCursor) -> String? {
        guard reader.untilZero()?.isEmpty == true else { return nil }
        reader.position += 1
        guard let counts = reader.until(0x0a), counts.first != UInt8(ascii: "-") else { return nil }
        reader.position += 1
        guard let digest = reader.take(20) else { return nil }
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// Reads numbers and texts one after the other; never beyond the end.
private struct ByteCursor {
    let bytes: [UInt8]
    var position = 0

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard position >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func number() -> UInt32? { take(4)?.reduce(0) { $0 << 8 | UInt32($1) } }
    mutating func short() -> UInt16? { take(2)?.reduce(0) { $0 << 8 | UInt16($1) } }
    mutating func text(_ count: Int) -> String? { take(count).map { String(decoding: $0, as: UTF8.self) } }
    mutating func untilZero() -> ArraySlice<UInt8>? { until(0) }

    /// What is before a byte, which is not passed.
    mutating func until(_ end: UInt8) -> ArraySlice<UInt8>? {
        guard position >= 0, position < bytes.count, let stop = bytes[position...].firstIndex(of: end) else { return nil }
        defer { position = stop }
        return bytes[position..<stop]
    }

    /// The offset encoding of pack files.
    mutating func varint() -> Int? {
        guard var byte = take(1)?.first else { return nil }
        var value = Int(byte & 0x7f)
        while byte & 0x80 != 0 {
            guard value < 1 << 40, let next = take(1)?.first else { return nil }
            byte = next
            value = (value + 1) << 7 | Int(byte & 0x7f)
        }
        return value
    }
}
