import Crypto
import Digests
import FoundationEssentials

/// The hashes of RECORD: an algorithm's name, `=`, and URL-safe base64 without padding.
enum RecordHash {
    /// The hash that Penstock writes.
    static func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return "sha256=" + base64(hasher.finalize().bytes)
    }

    static func sha256(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { sha256($0) }
    }

    /// Compares a file with its row. The binary distribution format wants SHA-256 or better.
    ///
    /// - Parameter content: reads the file, for hashes other than SHA-256.
    static func check(
        _ digest: Digests.SHA256Digest, size: UInt64, against row: RecordRow, content: () throws(EnvironmentError) -> [UInt8]
    ) throws {
        if let stated = row.size, stated != size { throw WheelFault.contradictsRecord(path: row.path) }
        let algorithm = row.hash.prefix { $0 != "=" }
        let actual: String
        switch algorithm {
        case "sha256": actual = "sha256=" + base64(digest.bytes)
        case "sha384": actual = "sha384=" + base64(Array(SHA384.hash(data: Data(try content()))))
        case "sha512": actual = "sha512=" + base64(Array(SHA512.hash(data: Data(try content()))))
        default: throw WheelFault.hashAlgorithm(path: row.path, algorithm: String(algorithm))
        }
        // Some builders pad after all.
        var stated = Substring(row.hash)
        while stated.last == "=" { stated.removeLast() }
        if stated != actual { throw WheelFault.contradictsRecord(path: row.path) }
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var rest: UInt32 = 0
        var bits = 0
        for byte in bytes {
            rest = rest << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(digits[Int(rest >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { text.append(digits[Int(rest << UInt32(6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
