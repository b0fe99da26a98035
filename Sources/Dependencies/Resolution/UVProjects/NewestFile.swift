internal import Lockfiles

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What `exclude-newer` says: a time, a day, or how long ago.
enum NewestFile: Equatable {
    /// A day stands for the midnight that ends it in the zone of this machine, as with uv.
    case time(UTCTime)
    case span(hours: Int)
    case other(String)

    init(_ text: String) {
        if let time = UTCTime(parsing: text) {
            self = .time(time)
        } else if let end = Self.endOfDay(text) {
            self = .time(end)
        } else if let hours = Self.hours(text) {
            self = .span(hours: hours)
        } else {
            self = .other(text)
        }
    }

    /// The midnight that follows a day such as `2026-01-31`.
    private static func endOfDay(_ text: String) -> UTCTime? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2]), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var next = tm()
        (next.tm_year, next.tm_mon, next.tm_mday, next.tm_isdst) = (Int32(year - 1900), Int32(month - 1), Int32(day + 1), -1)
        let seconds = mktime(&next)
        return seconds == -1 ? nil : UTCTime(seconds: Int64(seconds), nanoseconds: 0)
    }

    /// `P7D`, `PT24H`, `30 days`, `1 week`.
    private static func hours(_ text: String) -> Int? {
        let units = ["w": 168, "week": 168, "weeks": 168, "d": 24, "day": 24, "days": 24, "h": 1, "hour": 1, "hours": 1]
        var rest = text.lowercased()[...]
        if rest.first == "p" { rest = rest.dropFirst() }
        var total = 0
        while !rest.isEmpty {
            rest = rest.drop { $0 == " " || $0 == "t" }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let unit = rest.prefix { $0.isLetter && !($0 == "t" && rest.first == "d" && rest.dropFirst().first == "t") }
            rest = rest.dropFirst(unit.count)
            guard let count = Int(digits), count < 1_000_000, let hours = units[String(unit)] else { return nil }
            total += count * hours
        }
        return total == 0 ? nil : total
    }
}
