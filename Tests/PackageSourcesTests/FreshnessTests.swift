import PackageSources
import Testing

@Suite struct FreshnessTests {
    private static let rows: [([String: String], Int64, Bool)] = [
        ([:], 600, true),
        (["cache-control": "max-age=30"], 30, true),
        (["cache-control": "public, Max-Age=\"30\""], 30, true),
        (["cache-control": "max-age=600, public", "age": "590"], 10, true),
        (["cache-control": "max-age=600", "age": "900"], 0, true),
        (["cache-control": "max-age=99999999999"], 7 * 86400, true),
        (["cache-control": "no-cache, max-age=600"], 0, true),
        (["cache-control": "no-store"], 0, false),
        (["cache-control": "private"], 600, true),
        (["expires": "Sun, 06 Nov 1994 08:50:37 GMT", "date": "Sun, 06 Nov 1994 08:49:37 GMT"], 60, true),
        (["expires": "0", "date": "Sun, 06 Nov 1994 08:49:37 GMT"], 0, true),
        (["cache-control": "max-age=5", "expires": "Sun, 06 Nov 2094 08:50:37 GMT"], 5, true),
        // Of shared caches only.
        (["cache-control": "s-maxage=5, max-age=50"], 50, true),
        (["cache-control": "max-age=50, max-age=500"], 50, true),
        (["cache-control": "max-age=soon"], 0, true),
        (["cache-control": "max-age="], 0, true),
        (["cache-control": "max-age=-5"], 0, true),
        (["cache-control": "max-age=99999999999999999999999, immutable"], 1 << 31, true),
        (["cache-control": "max-age=50, must-revalidate"], 50, true),
        (["cache-control": "max-age=50", "vary": "Accept, accept-encoding"], 50, true),
        (["cache-control": "max-age=50", "vary": "Accept, Authorization"], 0, true),
        (["cache-control": "max-age=50", "vary": "*"], 0, true),
        (["cache-control": "max-age=50", "age": "never"], 50, true),
        (["expires": "Sun, 06 Nov 1994 08:50:37 GMT", "date": "Sun, 06 Nov 1994 08:49:37 GMT", "age": "50"], 10, true),
        // A tenth of the time since the last change, within limits.
        (["last-modified": "Sun, 06 Nov 1994 08:49:37 GMT", "date": "Sun, 06 Nov 1994 08:50:37 GMT"], 6, true),
        (["last-modified": "Sun, 06 Nov 1994 08:49:37 GMT", "date": "Mon, 07 Nov 1994 08:49:37 GMT"], 600, true),
        (["last-modified": "Mon, 07 Nov 1994 08:49:37 GMT", "date": "Sun, 06 Nov 1994 08:49:37 GMT"], 600, true),
    ]

    @Test(arguments: rows)
    func followsTheHeaders(headers: [String: String], lifetime: Int64, isStorable: Bool) {
        let freshness = Freshness(header: { headers[$0] }, fallback: 600)
        #expect(freshness.lifetime == lifetime)
        #expect(freshness.isStorable == isStorable)
    }

    /// The time on the way counts too, where the server says when it answered.
    @Test(arguments: [(0, 100), (60, 40), (200, 0), (-60, 100)] as [(Int64, Int64)])
    func agesOnItsWay(late: Int64, lifetime: Int64) {
        let headers = ["cache-control": "max-age=100", "date": "Sun, 06 Nov 1994 08:49:37 GMT"]
        #expect(Freshness(header: { headers[$0] }, now: 784_111_777 + late, fallback: 600).lifetime == lifetime)
    }

    @Test(arguments: [
        ("max-age=5, stale-if-error=60", 60), ("max-age=5", 0), ("stale-if-error=60, must-revalidate", 0),
        ("no-cache, stale-if-error=60", 0), ("max-age=5, stale-if-error=99999999", 7 * 86400),
    ] as [(String, Int64)])
    func servesAfterFailures(text: String, seconds: Int64) {
        #expect(Freshness(header: { $0 == "cache-control" ? text : nil }, fallback: 600).staleIfError == seconds)
    }

    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Mon, 23 Nov 2026 13:40:44 GMT", 1_795_441_244),
    ] as [(String, Int64)])
    func readsDates(text: String, seconds: Int64) {
        #expect(HTTPDate.seconds(text) == seconds)
    }

    @Test(arguments: ["", "0", "-1", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "a b c d e f"])
    func refusesOtherDates(text: String) {
        #expect(HTTPDate.seconds(text) == nil)
    }
}
