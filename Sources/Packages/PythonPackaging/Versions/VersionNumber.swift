/// A number in a version. PEP 440 sets no limit, so one beyond 64 bits keeps its digits.
enum VersionNumber: Hashable, Sendable {
    case word(UInt64)
    /// Decimal digits without leading zeros, of a number above `UInt64.max`.
    case digits(String)

    init(_ word: UInt64) { self = .word(word) }

    /// Reads ASCII digits; there is at least one.
    init(digits: UnsafeBufferPointer<UInt8>.SubSequence) {
        var value: UInt64 = 0
        for digit in digits {
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(digit &- 0x30))
            guard !overflowed, !carried else {
                self = .digits(String(decoding: digits.drop { $0 == UInt8(ascii: "0") }, as: UTF8.self))
                return
            }
            value = sum
        }
        self = .word(value)
    }

    /// The number, or `UInt64.max` where it does not fit.
    var clamped: UInt64 {
        switch self {
        case .word(let word): word
        case .digits: .max
        }
    }

    /// The number above.
    var successor: VersionNumber {
        switch self {
        case .word(let word) where word < .max: return .word(word + 1)
        case .word: return .digits("18446744073709551616")
        case .digits(let text):
            var digits = Array(text.utf8)
            var place = digits.count - 1
            while place >= 0, digits[place] == UInt8(ascii: "9") {
                digits[place] = UInt8(ascii: "0")
                place -= 1
            }
            if place >= 0 { digits[place] += 1 } else { digits.insert(UInt8(ascii: "1"), at: 0) }
            return .digits(String(decoding: digits, as: UTF8.self))
        }
    }
}

extension VersionNumber: ExpressibleByIntegerLiteral {
    init(integerLiteral value: UInt64) { self = .word(value) }
}

extension VersionNumber: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.word(let left), .word(let right)): left < right
        case (.word, .digits): true
        case (.digits, .word): false
        case (.digits(let left), .digits(let right)):
            left.utf8.count == right.utf8.count ? left < right : left.utf8.count < right.utf8.count
        }
    }
}

extension VersionNumber: CustomStringConvertible {
    var description: String {
        switch self {
        case .word(let word): String(word)
        case .digits(let digits): digits
        }
    }
}
