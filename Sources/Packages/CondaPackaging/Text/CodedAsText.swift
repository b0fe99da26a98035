/// A value that is stored as its text: one string in JSON and in any other coding.
public protocol CodedAsText: Codable, CustomStringConvertible {
    /// Reads the text that `description` gives, and whatever else the type's grammar allows.
    init(decoding text: String) throws
}

extension CodedAsText {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        do {
            try self.init(decoding: text)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\(error)", underlyingError: error))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
