import FoundationEssentials
import NIOCore

/// What a watch says that makes it of no more use.
enum WatchFault: Error {
    /// The place to go on from is too old (410).
    case gone
    case failed(code: Int?)
    case garbled
}

/// Makes events of the bytes of a watch, and keeps the place to go on from.
struct WatchReader<Item: Decodable & Sendable>: Sendable {
    /// A line is never longer, in bytes.
    private static var limit: Int { 16 << 20 }

    private(set) var version: String
    private var rest: [UInt8] = []

    init(version: String) { self.version = version }

    /// Half a line of a connection that broke is forgotten.
    mutating func begin() { rest = [] }

    mutating func events(in part: ByteBuffer) throws(WatchFault) -> [WatchEvent<Item>] {
        rest += part.readableBytesView
        guard rest.contains(UInt8(ascii: "\n")) else {
            if rest.count > Self.limit { throw .garbled }
            return []
        }
        var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rest = Array(lines.removeLast())
        var events: [WatchEvent<Item>] = []
        for line in lines where !line.isEmpty {
            if let event = try event(Data(line)) { events.append(event) }
        }
        return events
    }

    private mutating func event(_ line: Data) throws(WatchFault) -> WatchEvent<Item>? {
        let decoder = JSONDecoder()
        guard let head = try? decoder.decode(WatchHead.self, from: line) else { throw .garbled }
        if head.type == "ERROR" { throw head.object?.code == 410 ? .gone : .failed(code: head.object?.code) }
        defer { if let newer = head.object?.metadata?.resourceVersion { version = newer } }
        guard head.type != "BOOKMARK" else { return nil }
        guard let event = try? decoder.decode(WatchEvent<Item>.self, from: line) else { throw .garbled }
        return event
    }
}
