/// What a task prints to.
package enum LogStream: UInt8, Sendable, Hashable, Codable, CaseIterable {
    case stdout = 1
    case stderr = 2
}

/// Which attempt of a run's tasks a piece of log belongs to.
package struct LogSource: Sendable, Hashable {
    /// The task's id, at most 250 bytes.
    package var task: String
    package var attempt: Int

    package init(task: String, attempt: Int) {
        self.task = task
        self.attempt = attempt
    }
}

/// A line that a task printed.
package struct LogLine: Sendable, Hashable {
    /// When its first byte arrived.
    package var at: WallTime
    /// The bytes without the line break.
    package var text: [UInt8]

    package init(at: WallTime, text: [UInt8]) {
        self.at = at
        self.text = text
    }
}
