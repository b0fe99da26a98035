package import FlowModel

/// What the command line and its files say about a flow, for a host to apply (docs/worker-protocol.md, "Configuration").
///
/// The same value goes to every host of a run, and with their assignments to processes that are started afresh: what the
/// first host has resolved takes the place of texts, so that the person's functions are called once.
package struct HostConfiguration: Codable, Sendable, Hashable {
    /// What was given for one config.
    package struct ConfigInput: Codable, Sendable, Hashable {
        /// Not parsed yet: the content of a file, or what stands on the command line.
        package var text: String?
        /// Where `text` comes from, for messages.
        package var source: String?
        /// Resolved earlier, by another host or in the run that is resumed.
        package var value: JSONValue?
        /// Whether `value` is used as it is, not as a nested mapping.
        package var plain: Bool?

        /// A text, unparsed.
        package init(text: String, source: String) {
            self.text = text
            self.source = source
        }

        /// A value that was resolved earlier.
        package init(_ resolved: ResolvedConfig) {
            value = resolved.value
            plain = resolved.plain
        }
    }

    /// Decorators of `--with`, the strongest first.
    package var with: [String]
    /// Options that decorators of the flow have added to the command line, by name.
    package var options: [String: JSONValue]
    /// By the config's name; those that are to have their default are missing.
    package var configs: [String: ConfigInput]

    package init(with: [String] = [], options: [String: JSONValue] = [:], configs: [String: ConfigInput] = [:]) {
        self.with = with
        self.options = options
        self.configs = configs
    }

    /// Whether there is nothing to apply.
    package var isEmpty: Bool { with.isEmpty && options.isEmpty && configs.isEmpty }
}

/// The value of a config.
package struct ResolvedConfig: Codable, Sendable, Hashable {
    package var value: JSONValue
    /// Whether it is used as it is, not as a nested mapping.
    package var plain: Bool

    package init(value: JSONValue, plain: Bool = false) {
        self.value = value
        self.plain = plain
    }
}

/// A host's answer to its configuration.
package struct ConfiguredFlow: Codable, Sendable {
    package var flow: FlowDescription
    /// The values of all configs by name.
    package var configs: [String: ResolvedConfig]?
}
