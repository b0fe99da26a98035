import Clusters
import FlowModel
import ObjectStores

/// What Batch tells of a job, in a list or a description.
struct JobReport: Sendable {
    let id: String
    let name: String
    /// Milliseconds since 1970.
    let created: Int
    private let details: JSONValue

    /// `nil` for something else.
    init?(_ details: JSONValue) {
        guard let id = details["jobId"]?.text, let name = details["jobName"]?.text else { return nil }
        self.id = id
        self.name = name
        self.details = details
        created = details["createdAt"]?.whole ?? 0
    }

    /// Why Penstock ends jobs, as Batch keeps it.
    static let cancellation = "ended by Penstock"

    var status: String { details["status"]?.text ?? "" }
    private var statusReason: String? { details["statusReason"]?.text }

    /// The container of the last attempt.
    private var container: JSONValue? {
        let last = details["attempts"]?.items.last?["container"]
        guard let own = details["container"], own["exitCode"] != nil || own["reason"] != nil || last == nil else { return last }
        return own
    }

    private var node: String? {
        let container = details["container"] ?? container
        if let address = container?["networkInterfaces"]?.items.first?["privateIpv4Address"]?.text { return address }
        let place = container?["containerInstanceArn"]?.text ?? container?["taskArn"]?.text
        return place?.split(separator: "/").last.map(String.init)
    }

    var state: JobState {
        switch status {
        case "SUBMITTED", "PENDING", "RUNNABLE", "STARTING": .pending(reason: [status, statusReason].compactMap { $0 }.joined(separator: ": "))
        case "RUNNING": .running(node: node)
        case "SUCCEEDED": .ended(JobEnding(.completed, node: node))
        case "FAILED": .ended(ending)
        default: .unknown
        }
    }

    // MARK: Endings

    private var ending: JobEnding {
        let words = [statusReason, container?["reason"]?.text].compactMap { $0 }
        let text = words.joined(separator: "; ")
        return JobEnding(cause(text), node: node, message: text.isEmpty ? nil : text)
    }

    private func cause(_ text: String) -> JobEnding.Cause {
        func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
        if details["isTerminated"]?.isTrue == true || details["isCancelled"]?.isTrue == true || says(Self.cancellation) {
            return .cancelled
        }
        if says("attempt duration exceeded timeout", "exceeded the configured attemptDurationSeconds") { return .timeLimit }
        if says("OutOfMemoryError", "OutOfMemory") { return .outOfMemory }
        if says("Spot Task was interrupted", "SpotInterruption") { return .preempted }
        if says("Host EC2", "DockerTimeoutError", "InternalError: ", "instance terminated") { return .nodeFailed }
        if says(
            "CannotPullContainer", "CannotPullImage", "CannotPullECRContainer", "CannotCreateContainer", "CannotStartContainer",
            "CannotInspectContainer", "ResourceInitializationError", "Container Overrides length", "MISCONFIGURATION",
            "failed to start")
        {
            return .notStarted
        }
        if let code = container?["exitCode"]?.whole.flatMap({ Int32(exactly: $0) }) {
            // As a shell tells that a signal ended what it ran.
            return (129...159).contains(code) ? .signalled(code - 128) : .exited(code: code)
        }
        return (details["startedAt"]?.whole ?? 0) > 0 ? .nodeFailed : .notStarted
    }
}

extension JobReport {
    /// What a person would want to know, one fact a line.
    var facts: [String] {
        let container = details["container"]
        let needs = container?["resourceRequirements"]?.items.compactMap { need in
            need["type"]?.text.flatMap { type in need["value"]?.text.map { "\($0) \(type)" } }
        }
        let facts: [(String, String?)] = [
            ("job", "\(name) (\(id))"), ("state", status), ("reason", statusReason), ("container", self.container?["reason"]?.text),
            ("exit code", self.container?["exitCode"]?.whole.map { "\($0)" }), ("queue", details["jobQueue"]?.text),
            ("definition", details["jobDefinition"]?.text), ("image", container?["image"]?.text),
            ("resources", needs.flatMap { $0.isEmpty ? nil : $0.joined(separator: ", ") }),
            ("time limit", details["timeout"]?["attemptDurationSeconds"]?.whole.map { "\($0) s" }), ("node", node),
            ("submitted", Self.time(details["createdAt"])), ("started", Self.time(details["startedAt"])),
            ("ended", Self.time(details["stoppedAt"])), ("log stream", container?["logStreamName"]?.text),
        ]
        return facts.compactMap { name, value in value.map { "\(name): \($0)" } }
    }
}

extension JobReport {
    /// `2013-05-24 00:00:00 UTC`
    private static func time(_ milliseconds: JSONValue?) -> String? {
        guard let milliseconds = milliseconds?.whole, milliseconds > 0 else { return nil }
        let text = Array(SigningTime(Int64(milliseconds / 1000)).text)
        guard text.count == 16 else { return nil }
        func part(_ range: Range<Int>) -> String { String(text[range]) }
        return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8)) \(part(9..<11)):\(part(11..<13)):\(part(13..<15)) UTC"
    }
}
