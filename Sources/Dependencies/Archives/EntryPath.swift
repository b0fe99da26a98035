#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A path that stays below the folder it is unpacked to: relative, `/` between components, no `.` or `..`, no control
/// characters, no longer than systems take.
///
/// The type is the proof; where an `EntryPath` arrives, nothing has to be checked again. Paths are equal when their bytes
/// are, as the file systems of Linux see it: one accented letter and a letter with an accent are two names.
public struct EntryPath: Hashable, Sendable {
    /// The normal form, without a slash at either end.
    public let string: String

    /// In bytes. Systems take 4,096 (Linux) or 1,024 (macOS), with the path of the folder that it is unpacked to.
    private static let longest = 2048

    /// Reads a name from an archive. Empty and `.` components are dropped; a trailing slash is allowed.
    @_specialize(where Name == String)
    public init<Name: StringProtocol>(parsing name: Name) throws(ArchiveFault) {
        let utf8 = name.utf8
        guard let first = utf8.first else { throw .unsuitableName("no name at all") }
        guard first != UInt8(ascii: "/") else { throw .unsafePath }
        guard utf8.count <= Self.longest else { throw .unsuitableName("a path of \(utf8.count) bytes, which is too long") }
        var isNormal = true
        var start = utf8.startIndex
        var position = start
        var componentCount = 0
        while true {
            let atEnd = position == utf8.endIndex
            if atEnd || utf8[position] == UInt8(ascii: "/") {
                switch try Self.judge(utf8[start..<position], isFirst: componentCount == 0) {
                case .keep: componentCount += 1
                case .drop: isNormal = false
                }
                if atEnd { break }
                start = utf8.index(after: position)
            }
            position = utf8.index(after: position)
        }
        guard componentCount > 0 else { throw .unsafePath }
        string = isNormal ? String(name) : Self.normalised(name)
    }

    private enum Verdict { case keep, drop }

    private static func judge(
        _ component: some Collection<UInt8>, isFirst: Bool
    ) throws(ArchiveFault) -> Verdict {
        let dot = UInt8(ascii: ".")
        var length = 0
        var dots = 0
        for byte in component {
            // Backslash and colon lead to other places on other systems.
            if byte == UInt8(ascii: "\\") { throw .unsafePath }
            // NUL cuts a name short; the others break lists of names, and terminals.
            if byte < 0x20 || byte == 0x7f { throw .unsuitableName("a control character in its name") }
            if byte == UInt8(ascii: ":"), isFirst, length == 1 { throw .unsafePath }
            if byte == dot { dots += 1 }
            length += 1
        }
        if length == 2, dots == 2 { throw .unsafePath }
        if length > 255 { throw .unsuitableName("a name of \(length) bytes, which is too long") }
        return length == 0 || (length == 1 && dots == 1) ? .drop : .keep
    }

    // By bytes: to Swift, a slash and an accent behind it are one character that is no slash.
    private static func normalised(_ name: some StringProtocol) -> String {
        let kept = name.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        return String(decoding: Array(kept.joined(separator: "/".utf8)), as: UTF8.self)
    }

    /// The path of the directory that holds it; `nil` at the top.
    public var parent: EntryPath? {
        guard let slash = string.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return EntryPath(trusted: String(string[..<slash]))
    }

    private init(trusted: String) { string = trusted }
}

extension EntryPath {
    public static func == (left: Self, right: Self) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = string
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension EntryPath: Comparable {
    /// Orders by bytes, so that the order is the same everywhere.
    public static func < (left: Self, right: Self) -> Bool {
        // Sorting many paths is mostly this; texts that are stored in one piece are compared as memory.
        left.string.utf8.withContiguousStorageIfAvailable { first in
            right.string.utf8.withContiguousStorageIfAvailable { second in precedes(first, second) }
        }.flatMap { $0 } ?? left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }

    private static func precedes(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = left.baseAddress, let second = right.baseAddress else { return left.count < right.count }
        let order = memcmp(first, second, min(left.count, right.count))
        return order == 0 ? left.count < right.count : order < 0
    }
}

extension EntryPath: CustomStringConvertible {
    public var description: String { string }
}
