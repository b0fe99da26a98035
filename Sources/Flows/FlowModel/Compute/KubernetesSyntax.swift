/// How Kubernetes spells names, labels and quantities.
package enum KubernetesSyntax {
    /// A name of RFC 1123: small letters, digits and hyphens, at most 63, neither first nor last a hyphen.
    package static func isLabelName(_ text: some StringProtocol) -> Bool {
        isName(text, atMost: 63) { isSmallOrDigit($0) || $0 == UInt8(ascii: "-") } && text.utf8.allSatisfy { !isCapital($0) }
    }

    /// Names of RFC 1123 with dots between them, at most 253 bytes: what most objects are called.
    package static func isSubdomain(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= 253 && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            isName(part, atMost: 253) { isSmallOrDigit($0) || $0 == UInt8(ascii: "-") } && part.utf8.allSatisfy { !isCapital($0) }
        }
    }

    /// A label's value: nothing, or letters, digits, `-`, `_` and `.`, at most 63, the first and the last a letter or a digit.
    package static func isLabelValue(_ text: some StringProtocol) -> Bool {
        text.isEmpty || isName(text, atMost: 63, isInside)
    }

    /// The key of a label, of an annotation or of an extended resource: `name`, or `prefix.example/name`.
    package static func isQualifiedName(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isName(parts[0], atMost: 63, isInside)
        case 2: return isSubdomain(parts[0]) && isName(parts[1], atMost: 63, isInside)
        default: return false
        }
    }

    /// An amount of whole things.
    package static func isCount(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 18 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isName(_ text: some StringProtocol, atMost limit: Int, _ isInside: (UInt8) -> Bool) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= limit, isAlphanumeric(first) else { return false }
        guard let last = bytes.reversed().first, isAlphanumeric(last) else { return false }
        return bytes.allSatisfy(isInside)
    }

    private static func isInside(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isSmallOrDigit(byte) || isCapital(byte) }

    private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    private static func isSmallOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
