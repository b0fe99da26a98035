/// The normalised name of a package (PEP 503): lower case, and `-` for every run of `-`, `_` and `.`.
public struct PackageName: Sendable, Hashable {
    /// The normal form.
    public let description: String

    /// Reads any valid spelling: letters and digits of ASCII with `-`, `_` and `.` between them.
    public init(parsing text: some StringProtocol) throws(PackageNameError) {
        guard NameText.isValid(text) else { throw PackageNameError(text: String(text), kind: .package) }
        self.init(normalizing: text)
    }

    /// Normalises without asking whether the text is a valid name, for file names, which allow more.
    init(normalizing text: some StringProtocol) { description = NameText.normalized(text) }
}

/// The normalised name of an extra, an optional set of dependencies (PEP 685).
public struct ExtraName: Sendable, Hashable {
    /// The normal form.
    public let description: String

    /// Reads any valid spelling: letters and digits of ASCII with `-`, `_` and `.` between them.
    public init(parsing text: some StringProtocol) throws(PackageNameError) {
        guard NameText.isValid(text) else { throw PackageNameError(text: String(text), kind: .extra) }
        self.init(normalizing: text)
    }

    init(normalizing text: some StringProtocol) { description = NameText.normalized(text) }
}

extension PackageName: Comparable, TextCoded {
    public init(decoding text: String) throws { try self.init(parsing: text) }

    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

extension ExtraName: Comparable, TextCoded {
    public init(decoding text: String) throws { try self.init(parsing: text) }

    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// Text that is no name of a package or an extra.
public struct PackageNameError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable {
        case package = "package"
        case extra = "extra"
    }

    /// What was read.
    public let text: String
    public let kind: Kind

    public var description: String {
        "\(text.quoted) is not the name of \(kind == .package ? "a package" : "an extra"): "
            + "names are letters and digits with '-', '_' and '.' between them"
    }
}

/// The grammar that names of packages and extras share.
enum NameText {
    static func isValid(_ text: some StringProtocol) -> Bool {
        text.withBytes { bytes in
            guard let first = bytes.first, let last = bytes.last, first.isAlphanumeric, last.isAlphanumeric else {
                return false
            }
            return bytes.allSatisfy { $0.isAlphanumeric || $0.isSeparator }
        }
    }

    static func normalized(_ text: some StringProtocol) -> String {
        if text.withBytes(isNormal) { return String(text) }
        return text.lowercased().withBytes { bytes in
            String(unsafeUninitializedCapacity: bytes.count) { buffer in
                var count = 0
                for byte in bytes {
                    if byte.isSeparator, count > 0, buffer[count - 1] == UInt8(ascii: "-") { continue }
                    buffer[count] = byte.isSeparator ? UInt8(ascii: "-") : byte
                    count += 1
                }
                return count
            }
        }
    }

    private static func isNormal(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var previous: UInt8 = 0
        for byte in bytes {
            let isKept = byte.isDigit || (byte.isLetter && byte.lowercased == byte)
            guard isKept || (byte == UInt8(ascii: "-") && previous != byte) else { return false }
            previous = byte
        }
        return true
    }
}
