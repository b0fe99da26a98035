package import FlowModel
package import FoundationEssentials
package import Ledger

/// One record of a run, as it stands in a remote: a line that says what this is, then the entries, one a line.
package struct RecordObject: Sendable {
    /// Raised when an older engine would misread what is written.
    package static let format = 1

    package struct Header: Sendable, Codable, Equatable {
        package var format = RecordObject.format
        package var flow: FlowName
        package var run: RunID
        /// The ledger that wrote it (`LedgerRemote.writer`).
        package var writer: String
        /// The first and the last batch of that ledger's outbox that are in it.
        package var first: Int64
        package var last: Int64

        package init(_ run: RunKey, writer: String, first: Int64, last: Int64) {
            flow = run.flow
            self.run = run.run
            self.writer = writer
            self.first = first
            self.last = last
        }
    }

    package var header: Header
    package var entries: [LedgerEntry]

    package init(header: Header, entries: [LedgerEntry]) {
        self.header = header
        self.entries = entries
    }

    package func text() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(header) + Data("\n".utf8) + EntryLines.text(entries)
    }

    /// - Throws: `RemoteFault` for what no engine wrote, or a newer one.
    package init(_ text: [UInt8]) throws(RemoteFault) {
        header = try Self.header(text)
        do {
            entries = try EntryLines.entries(Data(text.drop { $0 != UInt8(ascii: "\n") }))
        } catch {
            throw .notARecord
        }
    }

    /// Only the first line.
    package static func header(_ text: [UInt8]) throws(RemoteFault) -> Header {
        struct Version: Decodable {
            var format: Int
        }
        let line = Data(text.prefix { $0 != UInt8(ascii: "\n") })
        let decoder = JSONDecoder()
        guard let version = try? decoder.decode(Version.self, from: line) else { throw .notARecord }
        guard version.format <= format else { throw .newer(version.format) }
        guard let header = try? decoder.decode(Header.self, from: line) else { throw .notARecord }
        return header
    }
}
