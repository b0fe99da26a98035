/// The version of a conda package (CEP 33): `2024.1`, `1!3.0.0rc1`, `1.1.1w`, `2.1+cu12`.
///
/// Versions are equal when conda says so: `1.0`, `1.0.0` and `01` are one version with three spellings. Comparing is
/// comparing two machine words for nearly all versions; the spelling is kept, since files are named after it.
public struct CondaVersion: Sendable {
    /// Its place in the order of versions.
    public let key: VersionKey
    /// The text as it was read.
    public let spelling: String

    init(key: VersionKey, spelling: String) {
        self.key = key
        self.spelling = spelling
    }
}

extension CondaVersion: Comparable, Hashable {
    @inlinable
    public static func < (left: CondaVersion, right: CondaVersion) -> Bool { left.key < right.key }

    @inlinable
    public static func == (left: CondaVersion, right: CondaVersion) -> Bool { left.key == right.key }

    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension CondaVersion {
    /// Reads a version, without white space around it.
    public init(parsing text: some StringProtocol) throws(CondaVersionError) {
        let outcome = text.withBytes { bytes in
            Result { () throws(CondaVersionError) in try CondaVersion(utf8: bytes) }
        }
        self = try outcome.get()
    }

    /// Reads the version that is all of `bytes`.
    package init(utf8 bytes: UnsafeBufferPointer<UInt8>) throws(CondaVersionError) {
        var reader = VersionReader(bytes)
        var writer = VersionKeyWriter()
        do throws(CondaVersionError.Problem) {
            try reader.read(into: &writer)
            guard reader.isAtEnd else { throw .unexpected }
        } catch {
            throw CondaVersionError(text: bytes.text, column: bytes.column(at: reader.position), problem: error)
        }
        self.init(key: writer.key, spelling: bytes.text)
    }
}

extension CondaVersion: CodedAsText {
    /// The normal form: lower case, numbers without zeros in front, separators as they were written.
    public var description: String { VersionText.normal(spelling) }

    public init(decoding text: String) throws { try self.init(parsing: text) }

    // The spelling is stored, not the normal form: files are named after it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(spelling)
    }
}

/// The normal form of a version's text.
enum VersionText {
    static func normal(_ text: String) -> String {
        text.withBytes { bytes in
            String(unsafeUninitializedCapacity: bytes.count) { buffer in
                var count = 0
                var isInNumber = false
                for (place, byte) in bytes.enumerated() {
                    let isDigitNext = place + 1 < bytes.count && bytes[place + 1].isDigit
                    if byte == UInt8(ascii: "0"), !isInNumber, isDigitNext { continue }
                    isInNumber = byte.isDigit
                    buffer[count] = byte.lowercased
                    count += 1
                }
                return count
            }
        }
    }
}
