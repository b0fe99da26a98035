import FoundationEssentials

/// Metadata entries as one JSON text: `[["name", "value", "type"], …]`.
enum MetadataList {
    static func text(_ entries: [MetadataEntry]) -> String {
        if entries.isEmpty { return "[]" }
        let rows = entries.map { [$0.name, $0.value, $0.type] }
        // Strings always encode.
        let data = (try? JSONEncoder().encode(rows)) ?? Data("[]".utf8)
        return String(decoding: data, as: UTF8.self)
    }

    /// `nil` when this is no such text.
    static func entries(_ text: String) -> [MetadataEntry]? {
        if text == "[]" { return [] }
        guard let rows = try? JSONDecoder().decode([[String]].self, from: Data(text.utf8)),
            rows.allSatisfy({ $0.count == 3 })
        else { return nil }
        return rows.map { MetadataEntry(name: $0[0], value: $0[1], type: $0[2]) }
    }
}
