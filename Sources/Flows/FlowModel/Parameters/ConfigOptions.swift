package import Diagnostics
import FoundationEssentials

/// Where the value of each config of a flow comes from, as far as the person says: the command line, else variables.
package struct ConfigOptions: Sendable, Hashable {
    package enum Source: Sendable, Hashable {
        /// The path of a file.
        case file(String)
        /// The text itself.
        case text(String)
    }

    private let sources: [String: Source]

    /// - Parameters:
    ///   - files: of `--config NAME FILE`.
    ///   - values: of `--config-value NAME JSON`.
    ///   - environment: the variables of the process: `METAFLOW_FLOW_CONFIG` holds a JSON object of names and files,
    ///     `METAFLOW_FLOW_CONFIG_VALUE` one of names and values (`PENSTOCK_…` as well). The command line wins.
    package init(
        files: [(name: String, value: String)], values: [(name: String, value: String)], environment: [String: String],
        of configs: [ConfigDescription]
    ) throws(ConfigOptionError) {
        var reading = ConfigReading(known: Set(configs.map(\.name)))
        for (name, path) in files { try reading.add(.file(path), as: name, from: "--config") }
        for (name, text) in values { try reading.add(.text(text), as: name, from: "--config-value") }
        var variables = ConfigReading(known: reading.known)
        try variables.read("FLOW_CONFIG", in: environment) { value in
            if case .string(let path) = value { .file(path) } else { nil }
        }
        try variables.read("FLOW_CONFIG_VALUE", in: environment) { .text($0.json) }
        sources = variables.sources.merging(reading.sources) { _, typed in typed }
    }

    /// Where the config of that name comes from; `nil` when it is to have its default.
    package subscript(name: String) -> Source? { sources[name] }
}

/// Sources on their way into one table.
private struct ConfigReading {
    let known: Set<String>
    private(set) var sources: [String: ConfigOptions.Source] = [:]
    private var origins: [String: String] = [:]

    init(known: Set<String>) { self.known = known }

    mutating func add(
        _ source: ConfigOptions.Source, as name: String, from origin: String
    ) throws(ConfigOptionError) {
        guard known.contains(name) else { throw .unknown(name, origin: origin, known: known.sorted()) }
        if let other = origins[name] { throw .twice(name, other, origin) }
        origins[name] = origin
        sources[name] = source
    }

    /// Reads the object that a variable holds.
    mutating func read(
        _ suffix: String, in environment: [String: String], as source: (JSONValue) -> ConfigOptions.Source?
    ) throws(ConfigOptionError) {
        for variable in ["PENSTOCK_\(suffix)", "METAFLOW_\(suffix)"] {
            guard let text = environment[variable], !text.isEmpty else { continue }
            guard case .object(let members) = JSONValue(parsing: text) else { throw .badVariable(variable) }
            for (name, value) in members.sorted(by: { $0.key < $1.key }) where value != .null {
                guard let source = source(value) else { throw .badVariable(variable) }
                try add(source, as: name, from: variable)
            }
            return
        }
    }
}

/// What is wrong with what was given for configs. The command line is wrong: exit code 2.
package enum ConfigOptionError: DiagnosticError, Hashable {
    case unknown(String, origin: String, known: [String])
    case twice(String, String, String)
    case badVariable(String)

    package var diagnostic: Diagnostic {
        switch self {
        case .unknown(let name, let origin, let known):
            Diagnostic(
                .usage, "\(origin) names the config '\(name)', which the flow does not have",
                help: known.isEmpty ? "the flow has no configs" : "its configs are \(known.joined(separator: ", "))")
        case .twice(let name, let first, let second) where first == second:
            Diagnostic(.usage, "\(first) gives the config '\(name)' more than once", help: "give it once")
        case .twice(let name, let first, let second):
            Diagnostic(
                .usage, "the config '\(name)' is given by \(first) and by \(second)", help: "leave one of them out")
        case .badVariable(let variable):
            Diagnostic(
                .usage, "\(variable) does not hold what it should",
                help: "set it to a JSON object of configs, as {\"config\": \"config.json\"}")
        }
    }
}

extension JSONValue {
    /// The value as a JSON text, members in order.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A JSON value always encodes.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}
