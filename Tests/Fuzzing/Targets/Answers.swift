@testable import PackageSources

extension FuzzTarget {
    static let answers: [FuzzTarget] = [
        FuzzTarget(
            name: "http-headers", seeds: { headerSeeds },
            words: ["cache-control: ", "max-age=", "no-store", "stale-if-error=", "age: ", "expires: ", "Sun, 06 Nov 1994 08:49:37 GMT", "vary: ", "last-modified: "],
            run: readHeaders),
        FuzzTarget(name: "content-range", seeds: { ["bytes 0-99/1234".seed, "bytes 5-5/*".seed] }) {
            guard let span = WheelRanges.span($0.text) else { return }
            holds(!span.range.isEmpty, "an empty range")
        },
    ]

    private static let headerSeeds = [
        "cache-control: max-age=600, stale-if-error=9\nage: 5\nvary: accept\n".seed,
        "expires: Sun, 06 Nov 1994 08:49:37 GMT\ndate: Sun, 06 Nov 1994 08:00:00 GMT\nlast-modified: Sat, 05 Nov 1994 08:00:00 GMT\n".seed,
    ]

    @Sendable private static func readHeaders(_ bytes: [UInt8]) {
        var headers: [String: String] = [:]
        for line in bytes.text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = String(parts[1]) }
        }
        for now: Int64? in [nil, 0, 784_111_777, .max] {
            let freshness = Freshness(header: { headers[$0] }, now: now, fallback: 600)
            holds(freshness.lifetime >= 0 && freshness.staleIfError >= 0, "a time before now")
            if freshness.isStorable {
                let origin = ListingEncoder.Origin(lifetime: freshness.lifetime, staleIfError: freshness.staleIfError)
                _ = ListingEncoder.encodeMissing(origin)
            }
        }
    }
}
