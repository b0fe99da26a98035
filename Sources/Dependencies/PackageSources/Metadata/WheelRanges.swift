import Archives

/// A wheel on its server, read in ranges.
struct WheelRanges: ByteRangeSource {
    /// The server answers with the whole file.
    struct Unsupported: Error {}

    let fetcher: Fetcher
    let url: String
    /// In bytes, where the index says it.
    let size: Int64?

    func tail(_ count: Int) async throws -> (bytes: [UInt8], totalSize: UInt64) {
        // Not all servers understand "the last bytes"; where the size is known they need not.
        let range = size.map { "\(max(0, $0 - Int64(count)))-\($0 - 1)" } ?? "-\(count)"
        guard let fetched = try await fetcher.fetchRange(url, range),
            let span = Self.span(fetched.answer.header("content-range")), let total = span.total,
            span.range.upperBound == total, fetched.body.count == span.range.count
        else { throw Unsupported() }
        return (fetched.body, total)
    }

    func read(_ range: Range<UInt64>) async throws -> [UInt8] {
        guard !range.isEmpty else { return [] }
        let fetched = try await fetcher.fetchRange(url, "\(range.lowerBound)-\(range.upperBound - 1)")
        guard let fetched, Self.span(fetched.answer.header("content-range"))?.range == range,
            fetched.body.count == range.count
        else { throw Unsupported() }
        return fetched.body
    }

    /// `bytes 0-99/1234`, or `…/*`.
    static func span(_ text: String?) -> (range: Range<UInt64>, total: UInt64?)? {
        guard let text, text.hasPrefix("bytes ") else { return nil }
        let halves = text.dropFirst(6).split(separator: "/")
        let ends = halves.first?.split(separator: "-").compactMap { UInt64($0) } ?? []
        guard halves.count == 2, ends.count == 2, ends[0] <= ends[1], ends[1] < .max else { return nil }
        return (ends[0]..<ends[1] + 1, UInt64(halves[1]))
    }
}
