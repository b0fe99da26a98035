import Datastore
import FoundationEssentials

/// What a task has printed and nobody has put into the datastore yet.
struct NodeLog {
    private var waiting: [AttemptOutput] = []
    private(set) var waitingBytes = 0
    private var kept: Int64 = 0
    /// One byte more than what the run's log takes of an attempt: so it notices that there is more.
    private let limit: Int64

    /// Outputs of one stream that come within this time are told as one, in microseconds.
    private static let togetherness: Int64 = 100_000
    /// An output is not made longer than this, in bytes.
    private static let longest = 1 << 20

    init(limit: Int64) { self.limit = limit < .max ? limit + 1 : limit }

    var isEmpty: Bool { waiting.isEmpty }

    mutating func add(_ bytes: UnsafeRawBufferPointer, isError: Bool, at: Int64) {
        let room = limit - kept
        guard room > 0, !bytes.isEmpty else { return }
        let part = Data(bytes.prefix(Int(min(room, Int64(bytes.count)))))
        kept += Int64(part.count)
        waitingBytes += part.count
        if let last = waiting.last, last.isError == isError, at - last.at < Self.togetherness, last.bytes.count < Self.longest {
            waiting[waiting.count - 1].bytes += part
        } else {
            waiting.append(AttemptOutput(isError: isError, bytes: part, at: at))
        }
    }

    mutating func add(_ text: String, at: Int64) {
        Array(text.utf8).withUnsafeBytes { add($0, isError: true, at: at) }
    }

    /// Everything that waits, which is somebody else's from now on.
    mutating func take() -> [AttemptOutput] {
        defer { (waiting, waitingBytes) = ([], 0) }
        return waiting
    }

    /// Takes back, in front, what could not be put.
    mutating func putBack(_ outputs: [AttemptOutput]) {
        waiting = outputs + waiting
        waitingBytes += outputs.reduce(0) { $0 + $1.bytes.count }
    }
}
