/// How often a step's task is tried again: `@retry`.
package struct RetryPolicy: Hashable, Sendable {
    /// The most that may be asked for.
    package static let limit = 4

    /// Attempts after the first one, 0 to `limit`.
    package let times: Int
    /// The delay before another attempt, in minutes. It counts on remote executors; local attempts follow at once.
    package let minutesBetween: Double

    package init(times: Int = 3, minutesBetween: Double = 2) {
        self.times = times
        self.minutesBetween = minutesBetween
    }

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        var (times, minutes) = (3, 2.0)
        if let value = site["times"] {
            if let number = value.wholeNumber, (0...Self.limit).contains(number) {
                times = number
            } else {
                findings.append(
                    site.finding("has times=\(value)", help: "use a whole number from 0 to \(Self.limit)"))
            }
        }
        if let value = site["minutes_between_retries"] {
            if let number = value.anyNumber, number >= 0 {
                minutes = number
            } else {
                findings.append(
                    site.finding("has minutes_between_retries=\(value)", help: "use a number that is not negative"))
            }
        }
        self.init(times: times, minutesBetween: minutes)
    }
}
