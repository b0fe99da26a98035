/// The SHA-256 (FIPS 180-4) of some bytes: how Penstock names everything immutable.
///
/// Its text form, also in JSON, is 64 lower-case hexadecimal digits.
public struct SHA256Digest: Hashable, Sendable {
    // Four words rather than an array: digests are dictionary keys by the hundred thousand.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The number of bytes in a digest.
    public static let byteCount = 32

    /// Takes exactly 32 bytes; anything else is `nil`.
    public init?(bytes: some Collection<UInt8>) {
        self.init(rawBytes: Array(bytes))
    }

    /// Takes exactly 32 bytes where they lie; anything else is `nil`.
    public init?(rawBytes bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        func word(_ offset: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        words = (word(0), word(8), word(16), word(24))
    }

    private init?(rawBytes array: [UInt8]) {
        guard let digest = array.withUnsafeBytes({ Self(rawBytes: $0) }) else { return nil }
        self = digest
    }

    /// Reads 64 hexadecimal digits of either case; anything else is `nil`.
    public init?(hex: some StringProtocol) {
        // Hashes come by the thousand, so the digits are read where they lie and in code that is not generic.
        if let digest = hex.utf8.withContiguousStorageIfAvailable(Self.init(hexDigits:)) {
            guard let digest else { return nil }
            self = digest
        } else {
            guard let digest = Array(hex.utf8).withUnsafeBufferPointer(Self.init(hexDigits:)) else { return nil }
            self = digest
        }
    }

    /// Reads 64 hexadecimal digits of either case, in ASCII; anything else is `nil`.
    public init?(hexDigits digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == 2 * Self.byteCount, let first = Self.word(digits, at: 0),
            let second = Self.word(digits, at: 16), let third = Self.word(digits, at: 32),
            let fourth = Self.word(digits, at: 48)
        else { return nil }
        words = (first, second, third, fourth)
    }

    /// The word that 16 digits from `start` on make.
    private static func word(_ digits: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt64? {
        var value: UInt64 = 0
        for position in start..<start + 16 {
            guard let nibble = nibble(digits[position]) else { return nil }
            value = value << 4 | UInt64(nibble)
        }
        return value
    }

    /// The digest of `content`.
    public init(hashing content: some Sequence<UInt8>) {
        var hasher = SHA256Hasher()
        hasher.update(content)
        self = hasher.finalize()
    }

    /// The digest of the UTF-8 form of `text`.
    public init(hashing text: String) {
        self.init(hashing: Array(text.utf8))
    }

    /// The 32 bytes, most significant first.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Self.byteCount)
        for word in [words.0, words.1, words.2, words.3] {
            for shift in stride(from: 56, through: 0, by: -8) {
                result.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return result
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String {
        String(unsafeUninitializedCapacity: 2 * Self.byteCount) { buffer in
            var position = 0
            for word in [words.0, words.1, words.2, words.3] {
                for shift in stride(from: UInt64(60), through: 0, by: -4) {
                    let nibble = UInt8(truncatingIfNeeded: word >> shift & 15)
                    buffer[position] = nibble < 10 ? nibble + UInt8(ascii: "0") : nibble - 10 + UInt8(ascii: "a")
                    position += 1
                }
            }
            return position
        }
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    public func hash(into hasher: inout Hasher) {
        // The bits are uniform already: one word tells digests apart as well as four do.
        hasher.combine(words.0)
    }
}

extension SHA256Digest: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.words < right.words }
}

extension SHA256Digest: CustomStringConvertible {
    public var description: String { hex }
}

extension SHA256Digest: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let digest = Self(hex: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not 64 hexadecimal digits"))
        }
        self = digest
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}
