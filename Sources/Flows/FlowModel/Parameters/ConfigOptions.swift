package import Diagnostics

/// Where the text of a config comes from.
package enum GivenConfig: Hashable, Sendable {
    /// A file at this path.
    case file(String)
    /// This text.
    case text(String)
}

/// What a person gives for the configs of a flow: the command line (`--config NAME FILE`, `--config-value NAME JSON`), else
/// the environment. Nothing is read or parsed here.
package struct ConfigOptions: Hashable, Sendable {
    /// By the config's name; those that are to have their default are missing.
    package let given: [String: GivenConfig]

    /// - Parameters:
    ///   - files: of `--config`; the last one of a name wins.
    ///   - values: of `--config-value`, likewise.
    ///   - environment: the process environment. `PENSTOCK_FLOW_CONFIG` and `METAFLOW_FLOW_CONFIG` hold an object of names
    ///     and paths, `…_FLOW_CONFIG_VALUE` one of names and values, where a text stands for itself.
    package init(
        files: [(name: String, value: String)], values: [(name: String, value: String)],
        environment: [String: String], of configs: [ConfigDescription]
    ) throws(ConfigErrors) {
        var reading = ConfigReading(known: configs.map(\.name))
        let paths = reading.take(files, "--config")
        let texts = reading.take(values, "--config-value")
        let otherPaths = reading.variable("FLOW_CONFIG", in: environment)
        let otherTexts = reading.variable("FLOW_CONFIG_VALUE", in: environment)
        let allPaths = otherPaths.merging(paths) { _, typed in typed }
        let allTexts = otherTexts.merging(texts) { _, typed in typed }
        for name in allPaths.keys.sorted() where allTexts[name] != nil { reading.problems.append(.twice(name)) }
        guard reading.problems.isEmpty else { throw ConfigErrors(problems: reading.problems) }
        given = allPaths.mapValues { .file($0) }.merging(allTexts.mapValues { .text($0) }) { _, text in text }
    }

    package subscript(name: String) -> GivenConfig? { given[name] }
}

/// Options and variables on their way to configs.
private struct ConfigReading {
    let known: [String]
    var problems: [ConfigProblem] = []

    init(known: [String]) { self.known = known }

    /// By name; names that the flow does not have are told.
    mutating func take(_ pairs: [(name: String, value: String)], _ source: String) -> [String: String] {
        var taken: [String: String] = [:]
        for (name, value) in pairs {
            if known.contains(name) {
                taken[name] = value
            } else {
                problems.append(.unknown(name, source: source, known: known))
            }
        }
        return taken
    }

    /// The variable of Penstock's spelling counts before the other. Flows without configs do not look at either: they may
    /// be meant for another one.
    mutating func variable(_ name: String, in environment: [String: String]) -> [String: String] {
        let names = ["PENSTOCK_\(name)", "METAFLOW_\(name)"]
        guard !known.isEmpty, let variable = names.first(where: { !(environment[$0] ?? "").isEmpty }) else { return [:] }
        guard case .object(let members) = JSONValue(parsing: environment[variable] ?? "") else {
            problems.append(.badVariable(variable))
            return [:]
        }
        var pairs: [(name: String, value: String)] = []
        for (key, value) in members.sorted(by: { $0.key < $1.key }) where value != .null {
            if case .string(let text) = value {
                pairs.append((key, text))
            } else if name == "FLOW_CONFIG" {
                problems.append(.noPath(key, variable: variable))
            } else {
                pairs.append((key, value.json))
            }
        }
        return take(pairs, variable)
    }
}

/// One thing that is wrong with what is given for configs.
package enum ConfigProblem: Hashable, Sendable {
    /// A file and a value for the same config.
    case twice(String)
    /// The source is an option or a variable.
    case unknown(String, source: String, known: [String])
    /// A variable that is no JSON object.
    case badVariable(String)
    /// A variable with something that is no path.
    case noPath(String, variable: String)

    package var message: String {
        switch self {
        case .twice(let name): "config '\(name)' is given both a file and a value"
        case .unknown(let name, let source, _): "\(source): the flow has no config '\(name)'"
        case .badVariable(let variable): "\(variable) is not a JSON object of names"
        case .noPath(let name, let variable): "\(variable): the path for config '\(name)' is no text"
        }
    }

    package var help: String {
        switch self {
        case .twice(let name): "keep one of --config \(name) FILE and --config-value \(name) JSON"
        case .unknown(_, _, let known):
            known.isEmpty
                ? "the flow has no configs" : "its configs are " + known.map { "'\($0)'" }.joined(separator: ", ")
        case .badVariable(let variable):
            variable.hasSuffix("VALUE") ? #"write {"NAME": {"KEY": "VALUE"}}"# : #"write {"NAME": "FILE"}"#
        case .noPath: #"write {"NAME": "FILE"}"#
        }
    }
}

/// Everything that is wrong with what is given for configs: the command line is wrong, exit code 2.
package struct ConfigErrors: DiagnosticError, Hashable {
    /// Never empty.
    package let problems: [ConfigProblem]

    package var diagnostic: Diagnostic {
        guard problems.count > 1 else {
            return Diagnostic(.usage, problems[0].message, help: problems[0].help)
        }
        return Diagnostic(
            .usage, "\(problems.count) problems with the flow's configs",
            details: problems.map { "\($0.message): \($0.help)" })
    }
}
