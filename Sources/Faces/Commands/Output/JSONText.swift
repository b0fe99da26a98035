import FoundationEssentials

/// A value as `--json` prints it: indented, members in order of their names, in snake case.
struct JSONText {
    let text: String

    init(_ value: some Encodable) throws {
        text = try Self.encoded(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    /// The same in one line, for streams of values.
    init(line value: some Encodable) throws {
        text = try Self.encoded(value, [.sortedKeys, .withoutEscapingSlashes])
    }

    /// With names as they are.
    init(verbatim value: some Encodable) throws {
        text = try Self.encoded(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes], .useDefaultKeys)
    }

    private static func encoded(
        _ value: some Encodable, _ format: JSONEncoder.OutputFormatting,
        _ keys: JSONEncoder.KeyEncodingStrategy = .convertToSnakeCase
    ) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = format
        encoder.keyEncodingStrategy = keys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
