import Glibc

/// A moment as the people at this machine write it.
struct LocalTime {
    /// `2026-11-23 14:07:31.042`
    let text: String

    /// `2026-11-23 14:07:31`
    var toTheSecond: String { String(text.dropLast(4)) }

    /// - Parameter seconds: since 1970.
    init(_ seconds: Double) {
        var whole = time_t(seconds.rounded(.down))
        let milliseconds = Int((seconds - Double(whole)) * 1000)
        var parts = tm()
        localtime_r(&whole, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let length = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S", &parts)
        let date = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let digits = "\(milliseconds)"
        text = date + "." + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    static var now: Self {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Self(Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }
}
