#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A range of IP addresses (CIDR notation, RFC 4632 and RFC 4291): `10.0.0.0/8`, `fd00::/8`, or a single address.
struct IPNetwork {
    private let prefix: [UInt8]
    private let bits: Int

    /// `nil` for what is no address or network.
    init?(_ text: Substring) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = halves.first, let bytes = Self.bytes(String(address)) else { return nil }
        prefix = bytes
        guard halves.count == 2 else {
            bits = bytes.count * 8
            return
        }
        guard let count = Int(halves[1]), (0...bytes.count * 8).contains(count) else { return nil }
        bits = count
    }

    func contains(_ address: [UInt8]) -> Bool {
        guard address.count == prefix.count else { return false }
        for position in 0..<prefix.count {
            let left = bits - position * 8
            guard left > 0 else { return true }
            let mask: UInt8 = left >= 8 ? 0xFF : ~(0xFF >> UInt8(left))
            if address[position] & mask != prefix[position] & mask { return false }
        }
        return true
    }

    /// The 4 or 16 bytes of an address; `nil` for what is none. Brackets do not matter.
    static func bytes(_ text: String) -> [UInt8]? {
        let plain = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, plain, &bytes) == 1 { return bytes }
        }
        return nil
    }
}
