/// A config of a flow as its worker reports it.
package struct ConfigDescription: Hashable, Sendable, Codable {
    /// As it is written on the command line.
    package var name: String
    /// The attribute of the flow that holds it.
    package var attribute: String
    /// The path of the file that is read when none is given; nothing when there is none, or when a function says it.
    package var defaultPath: String?
    package var defaultIsFunction: Bool
    package var hasDefault: Bool
    /// The value that is taken when none is given; `.null` when there is none, or when a function makes it.
    package var defaultValue: JSONValue
    package var defaultValueIsFunction: Bool
    package var hasDefaultValue: Bool
    /// What turns the text into a value, for show; nothing when the text is JSON.
    package var parser: String?
    /// Whether the value is kept as it is, and not as an immutable dictionary.
    package var plain: Bool
    package var required: Bool
    package var help: String?
    package var showDefault: Bool
    package var line: Int?

    package init(
        name: String, attribute: String? = nil, defaultPath: String? = nil, defaultIsFunction: Bool = false,
        hasDefault: Bool? = nil, defaultValue: JSONValue = .null, defaultValueIsFunction: Bool = false,
        hasDefaultValue: Bool? = nil, parser: String? = nil, plain: Bool = false, required: Bool = false,
        help: String? = nil, showDefault: Bool = true, line: Int? = nil
    ) {
        self.name = name
        self.attribute = attribute ?? name
        self.defaultPath = defaultPath
        self.defaultIsFunction = defaultIsFunction
        self.hasDefault = hasDefault ?? (defaultIsFunction || defaultPath != nil)
        self.defaultValue = defaultValue
        self.defaultValueIsFunction = defaultValueIsFunction
        self.hasDefaultValue = hasDefaultValue ?? (defaultValueIsFunction || defaultValue != .null)
        self.parser = parser
        self.plain = plain
        self.required = required
        self.help = help
        self.showDefault = showDefault
        self.line = line
    }

    private enum CodingKeys: String, CodingKey {
        case name, attribute, parser, plain, required, help, line
        case defaultPath = "default"
        case defaultIsFunction = "default_is_function"
        case hasDefault = "has_default"
        case defaultValue = "default_value"
        case defaultValueIsFunction = "default_value_is_function"
        case hasDefaultValue = "has_default_value"
        case showDefault = "show_default"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        func flag(_ key: CodingKeys) throws -> Bool? { try members.decodeIfPresent(Bool.self, forKey: key) }
        func text(_ key: CodingKeys) throws -> String? { try members.decodeIfPresent(String.self, forKey: key) }
        self.init(
            name: try members.decode(String.self, forKey: .name), attribute: try text(.attribute),
            defaultPath: try text(.defaultPath), defaultIsFunction: try flag(.defaultIsFunction) ?? false,
            hasDefault: try flag(.hasDefault),
            defaultValue: try members.decodeIfPresent(JSONValue.self, forKey: .defaultValue) ?? .null,
            defaultValueIsFunction: try flag(.defaultValueIsFunction) ?? false,
            hasDefaultValue: try flag(.hasDefaultValue), parser: try text(.parser), plain: try flag(.plain) ?? false,
            required: try flag(.required) ?? false, help: try text(.help), showDefault: try flag(.showDefault) ?? true,
            line: try members.decodeIfPresent(Int.self, forKey: .line))
    }
}
