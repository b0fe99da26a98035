import Lockfiles
import Testing

@Suite struct UTCTimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
        ("2024-02-29T23:59:59z", 1_709_251_199, "2024-02-29T23:59:59Z"),
        ("2000-03-01 00:00:00.5+00:00", 951_868_800, "2000-03-01T00:00:00.5Z"),
        ("2024-01-01T01:30:00.123456789999+02:30", 1_704_063_600, "2023-12-31T23:00:00.123456789Z"),
        ("1969-12-31T23:59:59.250-00:00", -1, "1969-12-31T23:59:59.25Z"),
        ("0000-01-01T00:00:00Z", -62_167_219_200, "0000-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", 253_402_300_799, "9999-12-31T23:59:59Z"),
    ])
    func reads(text: String, seconds: Int64, canonical: String) throws {
        let time = try #require(UTCTime(parsing: text))
        #expect(time.seconds == seconds && time.description == canonical)
        #expect(UTCTime(parsing: canonical) == time)
    }

    @Test(arguments: [
        "", "2024-01-01", "2024-01-01T00:00:00", "2024-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z", "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00+25:00", "2024-01-01T00:00:00ZZ",
        "24-01-01T00:00:00Z", "2024-1-1T0:0:0Z", "٢٠٢٤-01-01T00:00:00Z",
    ])
    func refuses(text: String) { #expect(UTCTime(parsing: text) == nil) }

    /// Every day of two centuries is the day after the one before.
    @Test func calendar() throws {
        let start = try #require(UTCTime(parsing: "1899-01-01T00:00:00Z"))
        var previous = start.description
        for day in 1..<(203 * 366) {
            let text = "\(previous)"
            let time = try #require(UTCTime(parsing: text))
            #expect(time.seconds == start.seconds + Int64(day - 1) * 86_400)
            guard let next = Self.dayAfter(text) else { break }
            previous = next
        }
    }

    /// The slow and obvious way.
    private static func dayAfter(_ text: String) -> String? {
        let numbers = text.prefix(10).split(separator: "-").compactMap { Int($0) }
        func written(_ year: Int, _ month: Int, _ day: Int) -> String {
            "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)T00:00:00Z"
        }
        for (year, month, day) in [
            (numbers[0], numbers[1], numbers[2] + 1), (numbers[0], numbers[1] + 1, 1), (numbers[0] + 1, 1, 1),
        ] where year < 2102 && UTCTime(parsing: written(year, month, day)) != nil {
            return written(year, month, day)
        }
        return nil
    }

    @Test func order() {
        let texts = [
            "2023-01-01T00:00:00Z", "2023-01-01T00:00:00.1Z", "2023-01-01T00:00:01Z", "2023-01-01T00:30:00-01:00",
        ]
        let times = texts.compactMap { UTCTime(parsing: $0) }
        #expect(times == times.shuffled().sorted() && times.count == 4)
    }
}
