/// Dates and times (TOML 1.0, after RFC 3339).
enum TOMLTime {
    /// The text with `T` and `Z`, if it is a date, a time or both with every part in its range; `nil` otherwise.
    static func canonical(_ text: String) -> String? {
        guard text.utf8.count >= 8, text.utf8.first?.isASCIIDigit == true else { return nil }
        var reader = Reader(bytes: Array(text.utf8))
        guard reader.read() else { return nil }
        return String(decoding: reader.bytes, as: UTF8.self)
    }

    private struct Reader {
        var bytes: [UInt8]
        var position = 0

        private var isAtEnd: Bool { position == bytes.count }

        mutating func read() -> Bool {
            guard bytes.count > 4, bytes[4] == UInt8(ascii: "-") else { return readTime() && isAtEnd }
            guard readDate() else { return false }
            if isAtEnd { return true }
            guard take("T") || take("t") || take(" ") else { return false }
            bytes[position - 1] = UInt8(ascii: "T")
            return readTime() && readOffset() && isAtEnd
        }

        private mutating func take(_ byte: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: byte) else { return false }
            position += 1
            return true
        }

        private mutating func number(_ digits: Int, upTo maximum: Int) -> Int? {
            var value = 0
            for _ in 0..<digits {
                guard position < bytes.count, bytes[position].isASCIIDigit else { return nil }
                value = value * 10 + Int(bytes[position] - UInt8(ascii: "0"))
                position += 1
            }
            return value <= maximum ? value : nil
        }

        private mutating func readDate() -> Bool {
            guard let year = number(4, upTo: 9999), take("-"), let month = number(2, upTo: 12), month > 0, take("-"),
                let day = number(2, upTo: 31), day > 0
            else { return false }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            return day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        }

        private mutating func readTime() -> Bool {
            guard number(2, upTo: 23) != nil, take(":"), number(2, upTo: 59) != nil, take(":"),
                number(2, upTo: 60) != nil
            else { return false }
            guard take(".") else { return true }
            let start = position
            while position < bytes.count, bytes[position].isASCIIDigit { position += 1 }
            return position > start
        }

        private mutating func readOffset() -> Bool {
            if isAtEnd { return true }
            if take("Z") || take("z") {
                bytes[position - 1] = UInt8(ascii: "Z")
                return true
            }
            return (take("+") || take("-")) && number(2, upTo: 23) != nil && take(":") && number(2, upTo: 59) != nil
        }
    }
}
