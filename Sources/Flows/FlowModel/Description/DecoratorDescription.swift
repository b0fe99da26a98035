/// A decorator with the attributes that it was given.
package struct DecoratorDescription: Hashable, Sendable, Codable {
    package var name: String
    package var attributes: [String: JSONValue]
    /// Nothing when it came from the command line.
    package var line: Int?
    /// Whether it is Python's own, of the person or of an extension: the engine takes it as it is.
    package var isPlugin: Bool
    /// Further attempts that a plug-in asks for.
    package var retries: PluginRetries?

    package init(
        name: String, attributes: [String: JSONValue] = [:], line: Int? = nil, isPlugin: Bool = false,
        retries: PluginRetries? = nil
    ) {
        self.name = name
        self.attributes = attributes
        self.line = line
        self.isPlugin = isPlugin
        self.retries = retries
    }

    private enum CodingKeys: String, CodingKey {
        case name, attributes, line, retries
        case isPlugin = "plugin"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try members.decode(String.self, forKey: .name),
            attributes: try members.decodeIfPresent([String: JSONValue].self, forKey: .attributes) ?? [:],
            line: try members.decodeIfPresent(Int.self, forKey: .line),
            isPlugin: try members.decodeIfPresent(Bool.self, forKey: .isPlugin) ?? false,
            retries: try members.decodeIfPresent(PluginRetries.self, forKey: .retries))
    }
}

/// How many further attempts a plug-in asks for. In JSON a list of two numbers.
package struct PluginRetries: Hashable, Sendable, Codable {
    /// Attempts that run the person's code.
    package let user: Int
    /// Fallback attempts after those.
    package let error: Int

    package init(user: Int, error: Int) {
        self.user = user
        self.error = error
    }

    package init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        self.init(user: try list.decode(Int?.self) ?? 0, error: try list.decode(Int?.self) ?? 0)
    }

    package func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        try list.encode(user)
        try list.encode(error)
    }
}
