/// An MD5 that a channel states, 32 hexadecimal digits; kept for comparing with what others say, never computed to trust.
public struct MD5Digest: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64

    /// Reads 32 hexadecimal digits of either case; anything else is `nil`.
    public init?(hex: some StringProtocol) {
        guard let digest = hex.withBytes(MD5Digest.init(hexDigits:)) else { return nil }
        self = digest
    }

    /// Takes exactly 16 bytes; anything else is `nil`.
    init?(rawBytes bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 16 else { return nil }
        high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    init?(hexDigits digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == 32 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for (place, digit) in digits.enumerated() {
            guard let value = digit.hexadecimalValue else { return nil }
            if place < 16 { words.0 = words.0 << 4 | UInt64(value) } else { words.1 = words.1 << 4 | UInt64(value) }
        }
        (high, low) = words
    }
}

extension MD5Digest: CodedAsText {
    public init(decoding text: String) throws {
        guard let digest = MD5Digest(hex: text) else { throw MD5DigestError(text: text) }
        self = digest
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String {
        func hex(_ word: UInt64) -> String {
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }
        return hex(high) + hex(low)
    }
}

/// Text that is no MD5.
public struct MD5DigestError: Error, Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public var description: String { "\(text.quoted) is not 32 hexadecimal digits" }
}
