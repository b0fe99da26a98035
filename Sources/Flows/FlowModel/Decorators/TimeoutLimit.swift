/// How long an attempt may take: `@timeout`, whose units are added together.
struct TimeoutLimit {
    /// What an alarm can wait for.
    private static let longest = Int(Int32.max)

    let seconds: Int

    /// Nothing when it is wrong, which is told.
    init?(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        var sum = 0
        for (unit, length) in [("hours", 3600), ("minutes", 60), ("seconds", 1)] {
            guard let value = site[unit] else { continue }
            guard let number = Self.whole(value), (0...Self.longest).contains(number) else {
                findings.append(site.finding("has \(unit)=\(value)", help: "use a whole number that is not negative"))
                return nil
            }
            sum += number * length
        }
        guard sum > 0, sum <= Self.longest else {
            findings.append(
                sum == 0
                    ? site.finding("has no duration", help: "say how long, as in seconds=30 or minutes=5, hours=1")
                    : site.finding("lasts for \(sum) seconds", help: "use at most \(Self.longest) seconds"))
            return nil
        }
        seconds = sum
    }

    /// Parts of a unit do not count.
    private static func whole(_ value: JSONValue) -> Int? {
        if case .number(let number) = value { Int(exactly: number.rounded(.towardZero)) } else { value.wholeNumber }
    }
}
