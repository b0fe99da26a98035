/// The answers that hold records; members that are absent are left out.
struct Answer: Encodable {
    var type: String
    var id: Int?
    var message: String?
    var object: ClientRecord?
    var items: [ClientRecord]?
    var artifacts: [ClientArtifact]?
    var metadata: [ClientMetadata]?
    var lines: [TimedLine]?
    var cards: [ClientCard]?

    private enum CodingKeys: String, CodingKey {
        case type, id, message, object, items
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encodeIfPresent(id, forKey: .id)
        try container.encodeIfPresent(message, forKey: .message)
        try container.encodeIfPresent(object, forKey: .object)
        try container.encodeIfPresent(items, forKey: .items)
        try container.encodeIfPresent(artifacts, forKey: .items)
        try container.encodeIfPresent(metadata, forKey: .items)
        try container.encodeIfPresent(lines, forKey: .items)
        try container.encodeIfPresent(cards, forKey: .items)
    }
}

/// A line of a log with the moment it was printed, in seconds since 1970.
struct TimedLine: Encodable {
    var at: Double
    var text: String
}

/// Who answers.
struct Greeting: Encodable {
    var type = "hello"
    var id: Int?
    var `protocol`: Int
    var version: String
    var root: String
}

/// What goes before the bytes of a blob.
struct BlobHeader: Encodable {
    var type = "blob"
    var id: Int?
    /// SHA-256; what Metaflow keeps has names of other kinds.
    var digest: String
    var size: Int64
    var descriptors: Int

    /// The same, with the bytes in a descriptor.
    var inDescriptor: Self {
        var header = self
        header.descriptors = 1
        return header
    }
}

/// The code package of a run.
struct CodeAnswer: Encodable {
    var type = "code"
    var id: Int?
    var digest: String
    var script: String
    var metadata: String
    /// Where the archive is, where that is a file of its own.
    var location: String?
}
