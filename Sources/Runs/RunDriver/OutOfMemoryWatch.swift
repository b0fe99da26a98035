import FoundationEssentials

/// Notices that the system has ended processes for want of memory.
///
/// The kernel counts such endings for the machine and for each control group. Reading the counters is only needed when a
/// process was killed, so they cost a run nothing.
struct OutOfMemoryWatch {
    private static let counters = ["/proc/vmstat", "/sys/fs/cgroup/memory.events"]
    private var seen: Int

    init() {
        seen = Self.count()
    }

    /// Whether a process was ended for that reason since the last time this was asked.
    mutating func noticesAnother() -> Bool {
        let now = Self.count()
        defer { seen = now }
        return now > seen
    }

    private static func count() -> Int {
        var sum = 0
        for path in counters {
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            for line in String(decoding: data, as: UTF8.self).split(separator: "\n") where line.hasPrefix("oom_kill ") {
                sum += line.split(separator: " ").last.flatMap { Int($0) } ?? 0
            }
        }
        return sum
    }
}
