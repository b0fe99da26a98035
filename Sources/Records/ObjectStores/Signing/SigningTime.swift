/// A time as signatures write it: `20130524T000000Z`, by the calendar of UTC.
package struct SigningTime: Sendable, Hashable {
    /// Seconds since 1970.
    package let seconds: Int64

    package init(_ seconds: Int64) { self.seconds = seconds }

    package var text: String {
        let (day, second) = (seconds.quotient(86400), seconds - seconds.quotient(86400) * 86400)
        return "\(Self.date(day))T\(Self.two(second / 3600))\(Self.two(second / 60 % 60))\(Self.two(second % 60))Z"
    }

    /// The day alone.
    var day: String { Self.date(seconds.quotient(86400)) }

    /// The date of a day since 1970, by the Gregorian calendar (days are counted from 1 March of the year 0).
    private static func date(_ day: Int64) -> String {
        let shifted = day + 719_468
        let era = shifted.quotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(year)\(two(month))\(two(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))"
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension SigningTime {
    /// Reads `2013-05-24T00:00:00Z`, with or without fractions of a second; `nil` for anything else.
    package init?(iso text: some StringProtocol) {
        let numbers = text.split { !$0.isASCII || !$0.isNumber }.prefix(6).compactMap { Int64($0) }
        guard numbers.count == 6, text.hasSuffix("Z") || text.hasSuffix("+00:00"),
            (1...12).contains(numbers[1]), (1...31).contains(numbers[2])
        else { return nil }
        let (month, day) = (numbers[1], numbers[2])
        let year = month <= 2 ? numbers[0] - 1 : numbers[0]
        let era = year.quotient(400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        seconds = days * 86400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
    }
}

extension Int64 {
    /// The quotient rounded down, also below zero.
    fileprivate func quotient(_ divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
