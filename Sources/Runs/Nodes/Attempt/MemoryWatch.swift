import FoundationEssentials

/// Notices that the system has ended a process of this job for want of memory.
///
/// The kernel counts such endings for each control group and for the machine. Reading the counters is only needed when a process
/// was killed.
struct MemoryWatch {
    private let files: [String]
    private let before: [Int]

    init() {
        files = Self.groups().flatMap { [$0 + "/memory.events", $0 + "/memory.oom_control"] } + ["/proc/vmstat"]
        before = files.map(Self.count)
    }

    /// Whether a process was ended for that reason since this value was made.
    var noticesAnother: Bool { zip(files, before).contains { Self.count($0) > $1 } }

    /// The folders of the control groups that this process is in.
    private static func groups() -> [String] {
        guard let data = FileManager.default.contents(atPath: "/proc/self/cgroup") else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").flatMap { line -> [String] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            if parts[0] == "0" { return ["/sys/fs/cgroup" + parts[2], "/sys/fs/cgroup"] }
            return parts[1].split(separator: ",").contains("memory") ? ["/sys/fs/cgroup/memory" + parts[2]] : []
        }
    }

    private static func count(_ path: String) -> Int {
        guard let data = FileManager.default.contents(atPath: path) else { return 0 }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").reduce(0) { sum, line in
            line.hasPrefix("oom_kill ") ? sum + (line.split(separator: " ").last.flatMap { Int($0) } ?? 0) : sum
        }
    }
}
