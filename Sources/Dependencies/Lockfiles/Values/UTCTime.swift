/// A moment in UTC, to the nanosecond, as files and locks write it (RFC 3339): `2024-01-02T03:04:05.678Z`.
public struct UTCTime: Sendable, Hashable {
    /// Since 1970-01-01T00:00:00Z, without leap seconds.
    public let seconds: Int64
    /// Within the second.
    public let nanoseconds: UInt32

    public init(seconds: Int64, nanoseconds: UInt32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Reads date, time and offset, such as `2024-01-02T05:04:05.678+02:00`; anything else is `nil`.
    public init?(parsing text: some StringProtocol) {
        var reader = UTCTimeReader(bytes: Array(text.utf8))
        guard let time = reader.read() else { return nil }
        self = time
    }
}

extension UTCTime: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

extension UTCTime: CustomStringConvertible {
    /// The canonical text: in UTC, without trailing zeros of the fraction.
    public var description: String {
        let days = seconds.floored(by: 86_400)
        let clock = seconds - days * 86_400
        let date = CivilDate(daysSince1970: days)
        var text = "\(date.year.padded(to: 4))-\(date.month.padded(to: 2))-\(date.day.padded(to: 2))T"
        text += "\((clock / 3600).padded(to: 2)):\((clock / 60 % 60).padded(to: 2)):\((clock % 60).padded(to: 2))"
        guard nanoseconds > 0 else { return text + "Z" }
        var fraction = Int64(nanoseconds).padded(to: 9)
        while fraction.last == "0" { fraction.removeLast() }
        return "\(text).\(fraction)Z"
    }
}

/// Reads the grammar of RFC 3339.
private struct UTCTimeReader {
    let bytes: [UInt8]
    var position = 0

    mutating func read() -> UTCTime? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
            let date = CivilDate(year: year, month: month, day: day), take("T") || take("t") || take(" "),
            let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2),
            hour < 24, minute < 60, second <= 60, let nanoseconds = fraction(), let offset = offset(),
            position == bytes.count
        else { return nil }
        let clock = hour * 3600 + minute * 60 + second
        return UTCTime(seconds: date.daysSince1970 * 86_400 + clock - offset, nanoseconds: nanoseconds)
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    private var digit: Int64? {
        guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else {
            return nil
        }
        return Int64(bytes[position] - UInt8(ascii: "0"))
    }

    private mutating func number(_ digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit else { return nil }
            value = value * 10 + digit
            position += 1
        }
        return value
    }

    /// Digits beyond the ninth are dropped.
    private mutating func fraction() -> UInt32? {
        guard take(".") else { return 0 }
        var value: UInt32 = 0
        var count = 0
        while let digit {
            if count < 9 { value = value * 10 + UInt32(digit) }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 9)..<9 { value *= 10 }
        return value
    }

    /// Seconds east of UTC.
    private mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64 = take("-") ? -1 : 1
        guard sign == -1 || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours < 24,
            minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}

/// A date of the Gregorian calendar, which is continued into the past.
private struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    init?(year: Int64, month: Int64, day: Int64) {
        guard (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Years are counted from March on, so that the day that is sometimes missing comes last; 400 of them are 146,097
    /// days, and 719,468 days lie between March of year 0 and 1970.
    init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.floored(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int64 {
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    fileprivate func padded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
