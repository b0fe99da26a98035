/// An option that a flow decorator of an extension adds to the top of the command line.
package struct FlowOptionDescription: Hashable, Sendable, Codable {
    /// As it is written, without the dashes.
    package var name: String
    /// Whether it takes no value.
    package var isFlag: Bool
    /// Whether it may be given several times.
    package var multiple: Bool
    /// `.null` when there is none.
    package var defaultValue: JSONValue
    package var help: String?

    package init(
        name: String, isFlag: Bool = false, multiple: Bool = false, defaultValue: JSONValue = .null,
        help: String? = nil
    ) {
        self.name = name
        self.isFlag = isFlag
        self.multiple = multiple
        self.defaultValue = defaultValue
        self.help = help
    }

    /// The environment variables that give the option a value, in order.
    package var variableNames: [String] {
        let name = String(name.uppercased().map { $0 == "-" ? "_" : $0 })
        return ["PENSTOCK_\(name)", "METAFLOW_\(name)", "METAFLOW_FLOW_\(name)"]
    }

    private enum CodingKeys: String, CodingKey {
        case name, multiple, help
        case isFlag = "flag"
        case defaultValue = "default"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try members.decode(String.self, forKey: .name),
            isFlag: try members.decodeIfPresent(Bool.self, forKey: .isFlag) ?? false,
            multiple: try members.decodeIfPresent(Bool.self, forKey: .multiple) ?? false,
            defaultValue: try members.decodeIfPresent(JSONValue.self, forKey: .defaultValue) ?? .null,
            help: try members.decodeIfPresent(String.self, forKey: .help))
    }
}
