/// A parameter of a flow as its worker reports it.
package struct ParameterDescription: Hashable, Sendable, Codable {
    package enum ValueType: String, Sendable, Codable, CaseIterable {
        case str, int, float, bool, json
        /// The text is the path of a file whose content is the value.
        case file
        /// A function of the person converts the text, in the worker.
        case custom
    }

    /// As it is written on the command line, without the dashes.
    package var name: String
    /// The attribute of the flow that holds it.
    package var attribute: String
    package var type: ValueType
    /// `.null` when there is none, or when a function makes it.
    package var defaultValue: JSONValue
    package var defaultIsFunction: Bool
    package var required: Bool
    package var help: String?
    /// Splits one text into a list.
    package var separator: String?
    /// May be given several times.
    package var multiple: Bool
    package var showDefault: Bool
    package var line: Int?
    /// Of a file: whether its content is text.
    package var isText: Bool
    /// Of a text file: how its bytes are read.
    package var encoding: String?

    package init(
        name: String, attribute: String? = nil, type: ValueType = .str, defaultValue: JSONValue = .null,
        defaultIsFunction: Bool = false, required: Bool = false, help: String? = nil, separator: String? = nil,
        multiple: Bool = false, showDefault: Bool = true, line: Int? = nil,
        isText: Bool = true, encoding: String? = nil
    ) {
        self.name = name
        self.attribute = attribute ?? name
        self.type = type
        self.defaultValue = defaultValue
        self.defaultIsFunction = defaultIsFunction
        self.required = required
        self.help = help
        self.separator = separator
        self.multiple = multiple
        self.showDefault = showDefault
        self.line = line
        self.isText = isText
        self.encoding = encoding
    }

    private enum CodingKeys: String, CodingKey {
        case name, attribute, type, required, help, separator, multiple, line, encoding
        case defaultValue = "default"
        case defaultIsFunction = "default_is_function"
        case showDefault = "show_default"
        case isText = "is_text"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try members.decode(String.self, forKey: .name),
            attribute: try members.decodeIfPresent(String.self, forKey: .attribute),
            type: try members.decodeIfPresent(ValueType.self, forKey: .type) ?? .str,
            defaultValue: try members.decodeIfPresent(JSONValue.self, forKey: .defaultValue) ?? .null,
            defaultIsFunction: try members.decodeIfPresent(Bool.self, forKey: .defaultIsFunction) ?? false,
            required: try members.decodeIfPresent(Bool.self, forKey: .required) ?? false,
            help: try members.decodeIfPresent(String.self, forKey: .help),
            separator: try members.decodeIfPresent(String.self, forKey: .separator),
            multiple: try members.decodeIfPresent(Bool.self, forKey: .multiple) ?? false,
            showDefault: try members.decodeIfPresent(Bool.self, forKey: .showDefault) ?? true,
            line: try members.decodeIfPresent(Int.self, forKey: .line),
            isText: try members.decodeIfPresent(Bool.self, forKey: .isText) ?? true,
            encoding: try members.decodeIfPresent(String.self, forKey: .encoding))
    }
}
