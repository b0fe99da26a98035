package import Datastore
package import Executors
package import FoundationEssentials
package import WorkerProtocol

/// How an attempt on a node went: what its process has said and how it ended. Written once; whoever comes second with another one is
/// too late.
///
/// As an object: the number of bytes of the JSON (64 bits, little endian), the JSON, then the payload.
package struct AttemptReport: Codable, Sendable {
    /// Raised when an older engine would misread what is written.
    package static let format = 1

    /// A stretch of the payload, or a blob in the datastore.
    package enum Content: Codable, Sendable, Hashable {
        case inline(offset: Int, count: Int)
        case blob(StoredBlob)
    }

    package struct Artifact: Codable, Sendable {
        package var item: ArtifactItem
        /// Nothing for one that names by its digest what the attempt was given.
        package var content: Content?

        package init(_ item: ArtifactItem, content: Content?) {
            self.item = item
            self.content = content
        }
    }

    package struct Card: Codable, Sendable {
        package var item: CardItem
        /// Whether it is what a card shows while the task runs, not its page.
        package var isData: Bool
        package var content: Content

        package init(_ item: CardItem, isData: Bool, content: Content) {
            self.item = item
            self.isData = isData
            self.content = content
        }
    }

    /// How the process ended.
    package struct Ending: Codable, Sendable, Hashable {
        package var code: Int32?
        package var signal: Int32?
        /// Why there was no process, or why it was ended, where that is so.
        package var failure: String?
        package var outOfMemory: Bool?

        package init(code: Int32? = nil, signal: Int32? = nil, failure: String? = nil, outOfMemory: Bool? = nil) {
            self.code = code
            self.signal = signal
            self.failure = failure
            self.outOfMemory = outOfMemory
        }
    }

    package var format = AttemptReport.format
    /// The node's name for itself.
    package var node: String
    /// The index of the job that has done it, where that is another one's (`GroupShare`).
    package var job: Int?
    /// On the node.
    package var process: Int32?
    /// Microseconds since 1970, by the node's clock, which may be wrong.
    package var began: Int64
    package var ended: Int64
    package var metadata: [MetadataItem] = []
    package var artifacts: [Artifact] = []
    package var cards: [Card] = []
    /// Nothing when the process ended without one.
    package var result: AttemptResult?
    package var ending: Ending
    /// How many pieces of the log were put before this.
    package var pieces = 0
    /// What was printed after the last of them.
    package var output: [AttemptOutput] = []

    package init(node: String, began: Int64, ended: Int64 = 0, ending: Ending = Ending()) {
        self.node = node
        self.began = began
        self.ended = ended
        self.ending = ending
    }

    package func bytes(payload: [UInt8]) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = try encoder.encode(self)
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + Array(text) + payload
    }

    /// - Returns: the report and its payload.
    package static func read(_ bytes: [UInt8]) throws(OrderFault) -> (report: AttemptReport, payload: ArraySlice<UInt8>) {
        struct Version: Decodable {
            var format: Int
        }
        guard bytes.count >= 8 else { throw .damaged }
        let count = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard count <= UInt64(bytes.count - 8) else { throw .damaged }
        let text = Data(bytes[8..<8 + Int(count)])
        let decoder = JSONDecoder()
        guard let version = try? decoder.decode(Version.self, from: text) else { throw .damaged }
        guard version.format <= format else { throw .newer(version.format) }
        guard let report = try? decoder.decode(AttemptReport.self, from: text) else { throw .damaged }
        let payload = bytes[(8 + Int(count))...]
        for content in report.artifacts.compactMap(\.content) + report.cards.map(\.content) {
            guard case .inline(let offset, let count) = content else { continue }
            guard offset >= 0, count >= 0, offset <= payload.count, count <= payload.count - offset else { throw .damaged }
        }
        return (report, payload)
    }
}

/// Something that a task has printed.
package struct AttemptOutput: Codable, Sendable, Hashable {
    /// Whether on standard error.
    package var isError: Bool
    /// Any bytes, not only text.
    package var bytes: Data
    /// Microseconds since 1970, by the node's clock.
    package var at: Int64

    package init(isError: Bool, bytes: Data, at: Int64) {
        self.isError = isError
        self.bytes = bytes
        self.at = at
    }

    /// A piece of a log, as an object: JSON, one output a line.
    package static func piece(_ outputs: [AttemptOutput]) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try outputs.reduce(into: []) { $0 += try encoder.encode($1) + [UInt8(ascii: "\n")] }
    }

    package static func outputs(_ piece: [UInt8]) throws(OrderFault) -> [AttemptOutput] {
        do {
            return try piece.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(AttemptOutput.self, from: Data($0)) }
        } catch {
            throw .damaged
        }
    }
}
