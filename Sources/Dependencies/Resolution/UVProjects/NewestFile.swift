import FoundationEssentials
internal import Lockfiles

/// What `exclude-newer` says: a time, a day, or how long ago.
enum NewestFile: Equatable {
    case time(UTCTime)
    /// In the zone of this machine, which is where uv ends it.
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
            let day = Int(parts[2])
        else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .current
        guard let start = calendar.date(from: DateComponents(year: year, month: month, day: day)),
            let end = calendar.date(byAdding: .day, value: 1, to: start)
        else { return nil }
        return UTCTime(parsing: Date.ISO8601FormatStyle().format(end))
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
