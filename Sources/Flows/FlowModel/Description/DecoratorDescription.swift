/// A decorator with the attributes that it was given.
package struct DecoratorDescription: Hashable, Sendable, Codable {
    package var name: String
    package var attributes: [String: JSONValue]
    /// Nothing when it came from the command line.
    package var line: Int?

    package init(name: String, attributes: [String: JSONValue] = [:], line: Int? = nil) {
        self.name = name
        self.attributes = attributes
        self.line = line
    }

    private enum CodingKeys: String, CodingKey { case name, attributes, line }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try members.decode(String.self, forKey: .name),
            attributes: try members.decodeIfPresent([String: JSONValue].self, forKey: .attributes) ?? [:],
            line: try members.decodeIfPresent(Int.self, forKey: .line))
    }
}
