/// A time limit as Slurm writes it: `minutes`, `minutes:seconds`, `hours:minutes:seconds`, `days-hours`, `days-hours:minutes`,
/// `days-hours:minutes:seconds` (sbatch, `--time`).
package enum SlurmTime {
    /// About a hundred years, in seconds: more is a slip.
    private static let longest = 100 * 366 * 86400

    /// The limit that a text stands for, at least one second; `nil` for anything else, and for no limit at all.
    package static func parse(_ text: String) -> Duration? {
        let halves = text.split(separator: "-", omittingEmptySubsequences: false)
        guard halves.count <= 2, let clock = halves.last else { return nil }
        let numbers = clock.split(separator: ":", omittingEmptySubsequences: false).map(number)
        let given = numbers.compactMap(\.self)
        guard given.count == numbers.count, (1...3).contains(given.count) else { return nil }
        var seconds = 0
        if halves.count == 2 {
            guard let days = number(halves[0]) else { return nil }
            seconds = days * 86400 + zip(given, [3600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
        } else {
            let units = given.count == 3 ? [3600, 60, 1] : [60, 1]
            seconds = zip(given, units).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return (1...longest).contains(seconds) ? .seconds(seconds) : nil
    }

    /// `days-hours:minutes:seconds`, rounded up to whole seconds.
    package static func text(_ limit: Duration) -> String {
        let (whole, rest) = limit.components
        let seconds = max(1, whole + (rest > 0 ? 1 : 0))
        let clock = [seconds % 86400 / 3600, seconds % 3600 / 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(seconds / 86400)-" + clock.joined(separator: ":")
    }

    /// Seven digits at most, which no product of these overflows.
    private static func number(_ digits: Substring) -> Int? {
        let isNumber = (1...7).contains(digits.utf8.count) && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return isNumber ? Int(digits) : nil
    }
}
