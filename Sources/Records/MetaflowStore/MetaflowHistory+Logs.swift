package import Datastore
package import FlowModel
package import Ledger
import SystemPackage

extension MetaflowHistory {
    /// What an attempt printed, as lines with their times, oldest first; of both streams when none is named.
    ///
    /// - Parameter attempt: the newest that has begun without it.
    package func lines(
        of key: TaskKey, step: StepName, attempt: AttemptNumber? = nil, stream: LogStream? = nil
    ) throws -> [RunLogLine] {
        guard let facts = try TaskFacts(key, step: step, in: folder) else { return [] }
        let number = try attempt?.value ?? facts.begun().last?.number ?? 0
        let source = LogSource(task: key.task.text, attempt: number)
        var lines: [RunLogLine] = []
        for stream in stream.map({ [$0] }) ?? LogStream.allCases {
            for line in try Self.lines(of: facts, number, stream) { lines.append(RunLogLine(source: source, stream: stream, line: line)) }
        }
        return lines.enumerated().sorted { ($0.element.line.at, $0.offset) < ($1.element.line.at, $1.offset) }.map(\.element)
    }

    private static func lines(of facts: TaskFacts, _ attempt: Int, _ stream: LogStream) throws -> [LogLine] {
        let name = stream == .stdout ? "stdout" : "stderr"
        var lines: [LogLine] = []
        for source in ["runtime", "task"] {
            guard let text = try facts.folder.bytes(of: facts.path.appending("\(attempt).\(source)_\(name).log")) else { continue }
            lines += text.split(separator: UInt8(ascii: "\n")).map { MetaflowLogLine(parsing: Array($0)).line }
        }
        // As it was before lines had times.
        if lines.isEmpty, let text = try facts.folder.bytes(of: facts.path.appending("\(attempt).\(name).log")) {
            let time = facts.record.createdAt
            lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { LogLine(at: time, text: Array($0)) }
            if lines.last?.text.isEmpty == true { lines.removeLast() }
        }
        return lines.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }
}

/// A line of a log as Metaflow writes it: `[MFLOG|0|2024-03-01T12:00:00.123456Z|task|<id>]text`, or `[!` before it. A line that is none
/// comes after all others.
struct MetaflowLogLine {
    let line: LogLine

    private static let marks: [[UInt8]] = [Array("[MFLOG|0|".utf8), Array("[![MFLOG|0|".utf8)]

    init(parsing bytes: [UInt8]) {
        guard let mark = Self.marks.first(where: { bytes.starts(with: $0) }),
            let timeEnd = bytes[mark.count...].firstIndex(of: UInt8(ascii: "|")),
            bytes[timeEnd - 1] == UInt8(ascii: "Z"),
            let sourceEnd = bytes[(timeEnd + 1)...].firstIndex(of: UInt8(ascii: "|")),
            let headEnd = bytes[(sourceEnd + 1)...].firstIndex(of: UInt8(ascii: "]")),
            let time = Self.time(String(decoding: bytes[mark.count..<timeEnd - 1], as: UTF8.self))
        else {
            line = LogLine(at: WallTime(microseconds: 32_503_680_000_000_000), text: bytes)
            return
        }
        line = LogLine(at: time, text: Array(bytes[(headEnd + 1)...]))
    }

    /// `2024-03-01T12:00:00.123456` in Greenwich.
    private static func time(_ text: String) -> WallTime? {
        let numbers = text.split { "-T:.".contains($0) }.map(String.init)
        guard (6...7).contains(numbers.count), numbers.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let year = Int64(numbers[0]), let month = Int64(numbers[1]), let day = Int64(numbers[2]),
            let hour = Int64(numbers[3]), let minute = Int64(numbers[4]), let second = Int64(numbers[5]),
            (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let fraction = numbers.count < 7 ? "" : numbers[6]
        guard let micros = Int64((fraction + "000000").prefix(6)) else { return nil }
        // Days since 1970 of the Gregorian calendar, in which the year begins in March.
        let y = month > 2 ? year : year - 1
        let era = y / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return WallTime(microseconds: (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + micros)
    }
}
