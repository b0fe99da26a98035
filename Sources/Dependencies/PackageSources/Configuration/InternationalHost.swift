/// The name of a host with letters outside ASCII, as DNS knows it: `bücher.example` is `xn--bcher-kva.example`.
///
/// Letters become lower case and are otherwise taken as they are written (RFC 5891, section 5.3, without the mappings that a
/// browser makes). Addresses are read so before Foundation sees them: it would want data of ICU, which the engine does not carry.
struct InternationalHost {
    /// In ASCII. The name itself if it is in ASCII already.
    let name: String

    /// `nil` for a name that has no such form.
    init?(_ name: some StringProtocol) {
        var labels: [String] = []
        for label in name.split(omittingEmptySubsequences: false, whereSeparator: Self.isDot) {
            guard let encoded = Self.encode(label.lowercased()) else { return nil }
            labels.append(encoded)
        }
        self.name = labels.joined(separator: ".")
    }

    /// An address whose host is in ASCII. What cannot be converted stays.
    static func encodingHost(of address: String) -> String {
        guard address.utf8.contains(where: { $0 >= 0x80 }), let slashes = address.firstRange(of: "://") else { return address }
        let authority = address[slashes.upperBound...].prefix { !"/?#".contains($0) }
        let start = authority.lastIndex(of: "@").map(authority.index(after:)) ?? authority.startIndex
        let host = authority[start...].prefix { $0 != ":" }
        guard host.utf8.contains(where: { $0 >= 0x80 }), let encoded = InternationalHost(host) else { return address }
        return "\(address[..<host.startIndex])\(encoded.name)\(address[host.endIndex...])"
    }

    /// The full stops of other scripts separate labels, too (RFC 3490, section 3.1).
    private static func isDot(_ character: Character) -> Bool {
        ".\u{3002}\u{FF0E}\u{FF61}".contains(character)
    }

    private static func encode(_ label: String) -> String? {
        if label.utf8.allSatisfy({ $0 < 0x80 }) { return label }
        return Punycode.encode(label.unicodeScalars.map(\.value)).map { "xn--\($0)" }
    }
}

/// Texts as letters, digits and hyphens (RFC 3492; the numbers are those of its section 5).
enum Punycode {
    private static let base: UInt32 = 36

    /// `nil` for a text that is too long to be counted.
    static func encode(_ scalars: [UInt32]) -> String? {
        var output = scalars.filter { $0 < 0x80 }.map { UInt8($0) }
        var handled = UInt32(output.count)
        let basic = handled
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var (next, delta, bias) = (UInt32(0x80), UInt32(0), UInt32(72))
        while handled < scalars.count {
            guard let smallest = scalars.filter({ $0 >= next }).min() else { return nil }
            let (step, isTooMuch) = (smallest - next).multipliedReportingOverflow(by: handled + 1)
            let (sum, isTooLarge) = delta.addingReportingOverflow(step)
            if isTooMuch || isTooLarge || sum > UInt32.max / 2 { return nil }
            (delta, next) = (sum, smallest)
            for scalar in scalars {
                if scalar < next { delta += 1 }
                guard scalar == next else { continue }
                append(delta, bias, to: &output)
                bias = adapted(delta, points: handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// A number in digits whose weight depends on their place.
    private static func append(_ delta: UInt32, _ bias: UInt32, to output: inout [UInt8]) {
        var (rest, place) = (delta, base)
        while true {
            let threshold = place <= bias ? 1 : min(place - bias, 26)
            guard rest >= threshold else { break }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            place += base
        }
        output.append(digit(rest))
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "0") + UInt8(value - 26)
    }

    private static func adapted(_ delta: UInt32, points: UInt32, isFirst: Bool) -> UInt32 {
        var (rest, result) = (isFirst ? delta / 700 : delta / 2, UInt32(0))
        rest += rest / points
        while rest > (base - 1) * 26 / 2 {
            rest /= base - 1
            result += base
        }
        return result + base * rest / (rest + 38)
    }
}
