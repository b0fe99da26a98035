/// The name of a conda package in its normal form, lower case (CEP 26): `numpy`, `_libgcc_mutex`, `__glibc`.
public struct CondaName: Sendable, Hashable {
    /// Python's own package.
    public static let python = CondaName(unchecked: "python")

    /// The normal form.
    public let description: String

    /// Reads letters and digits of ASCII with `-`, `_` and `.`; the first is no dot.
    ///
    /// CEP 26 allows less for new packages (no separator in front but `_`, never two in a row); what is there is read too.
    public init(parsing text: some StringProtocol) throws(CondaNameError) {
        guard text.withBytes(Self.isName) else { throw CondaNameError(text: String(text)) }
        self.init(unchecked: text)
    }

    /// Reads a name where its bytes lie; `nil` where they are none.
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard Self.isName(bytes) else { return nil }
        self.init(unchecked: bytes.text)
    }

    /// For text that is a name, in any case of letters.
    init(unchecked text: some StringProtocol) {
        description = text.utf8.contains { $0.lowercased != $0 } ? text.lowercased() : String(text)
    }

    /// Whether the name is one of a virtual package, which stands for a property of the machine (CEP 30).
    public var isVirtual: Bool { description.utf8.starts(with: "__".utf8) }

    static func isName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first, first != UInt8(ascii: ".") else { return false }
        for byte in bytes where !byte.isCondaNamePart { return false }
        return true
    }
}

extension CondaName: Comparable, CodedAsText {
    public init(decoding text: String) throws { try self.init(parsing: text) }

    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

extension UInt8 {
    var isCondaNamePart: Bool {
        isAlphanumeric || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") || self == UInt8(ascii: ".")
    }
}

/// Text that is no name of a conda package.
public struct CondaNameError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was read.
    public let text: String

    public var description: String {
        "\(text.quoted) is not the name of a conda package: names are letters, digits, '-', '_' and '.'"
    }
}
