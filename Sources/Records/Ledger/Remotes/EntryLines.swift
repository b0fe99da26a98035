package import FoundationEssentials

/// Entries as text: JSON, one a line.
package enum EntryLines {
    package static func text(_ entries: some Sequence<LedgerEntry>) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var text = Data()
        for entry in entries {
            text += try encoder.encode(entry)
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    /// - Throws: `DecodingError` for what no engine of this version writes.
    package static func entries(_ text: Data) throws -> [LedgerEntry] {
        let decoder = JSONDecoder()
        return try text.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(LedgerEntry.self, from: $0) }
    }
}
