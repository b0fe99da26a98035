package import Diagnostics
package import FoundationEssentials
package import ObjectStores

/// The orders of a group in one object, of which each job reads its own part alone.
///
/// Twelve bytes come first: `PSORDERS` and the number of orders (32 bits, little endian). Then a table: for the group's order and
/// for each attempt's, offset and length in bytes (64 bits each, little endian); then the orders themselves as JSON.
package struct OrderBook: Sendable {
    package var group: GroupOrder
    package var attempts: [AttemptOrder]

    private static let mark = Array("PSORDERS".utf8)

    package init(group: GroupOrder, attempts: [AttemptOrder]) {
        self.group = group
        self.attempts = attempts
    }

    package func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let texts = try [encoder.encode(group)] + attempts.map { try encoder.encode($0) }
        var table = Self.mark + Self.little(UInt32(attempts.count))
        var offset = Self.tableEnd(attempts.count)
        for text in texts {
            table += Self.little(UInt64(offset)) + Self.little(UInt64(text.count))
            offset += Int64(text.count)
        }
        return texts.reduce(into: table) { $0 += $1 }
    }

    /// All of it, as the engine that takes a run over reads it.
    package init(_ bytes: [UInt8]) throws(OrderFault) {
        let count = try Self.count(bytes)
        // The number is believed no further than the table reaches.
        guard Self.tableEnd(count) <= Int64(bytes.count) else { throw .damaged }
        let places = try (0...count).map { place throws(OrderFault) in try Self.place(place, in: bytes) }
        func part(_ place: Range<Int64>) throws(OrderFault) -> Data {
            guard place.upperBound <= Int64(bytes.count) else { throw .damaged }
            return Data(bytes[Int(place.lowerBound)..<Int(place.upperBound)])
        }
        group = try Self.decode(GroupOrder.self, try part(places[0]))
        attempts = try places.dropFirst().map { place throws(OrderFault) in
            try Self.decode(AttemptOrder.self, try part(place))
        }
    }

    static func tableEnd(_ count: Int) -> Int64 { 12 + 16 * Int64(count + 1) }

    static func count(_ bytes: [UInt8]) throws(OrderFault) -> Int {
        guard bytes.count >= 12, bytes.starts(with: mark) else { throw .damaged }
        return Int(number(bytes[8..<12]))
    }

    static func place(_ row: Int, in bytes: [UInt8]) throws(OrderFault) -> Range<Int64> {
        let start = 12 + 16 * row
        guard start + 16 <= bytes.count else { throw .damaged }
        let (offset, length) = (number(bytes[start..<start + 8]), number(bytes[start + 8..<start + 16]))
        guard offset < 1 << 40, length < 1 << 32 else { throw .damaged }
        return Int64(offset)..<Int64(offset + length)
    }

    static func decode<Order: Decodable>(_ type: Order.Type, _ text: Data) throws(OrderFault) -> Order {
        let decoder = JSONDecoder()
        if let format = (try? decoder.decode(Version.self, from: text))?.format, format > GroupOrder.format { throw .newer(format) }
        do {
            return try decoder.decode(type, from: text)
        } catch {
            throw .damaged
        }
    }

    private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// The one member that every version has.
private struct Version: Decodable {
    var format: Int?
}

/// What is wrong with an order or a report.
package enum OrderFault: DiagnosticError, Hashable {
    case absent(String)
    case damaged
    case newer(Int)
    case noSuchIndex(Int, of: Int)

    package var diagnostic: Diagnostic {
        switch self {
        case .absent(let key):
            Diagnostic(.infrastructure, "the datastore has no \(key)", help: "the run may have ended meanwhile, and been tidied up")
        case .damaged: Diagnostic(.infrastructure, "what the engine and its nodes exchange is damaged", help: "run the task again")
        case .newer(let format):
            Diagnostic(
                .user, "the order is of a newer version of Penstock (format \(format))", help: "use one engine for a run and its nodes")
        case .noSuchIndex(let index, let count):
            Diagnostic(.user, "there is no job \(index) in a group of \(count)", help: "indices begin at 0")
        }
    }
}
