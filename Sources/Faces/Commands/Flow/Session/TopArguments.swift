import FlowModel

/// The options before the command that a flow brings along itself, or that take two values: what is left is for the parser
/// of all other options.
struct TopArguments {
    /// The command line without them.
    private(set) var rest: [String] = []
    /// `--config NAME FILE`
    private(set) var configFiles: [(name: String, value: String)] = []
    /// `--config-value NAME JSON`
    private(set) var configValues: [(name: String, value: String)] = []
    /// `--branch`, of flows with `@project`.
    private(set) var branch: String?
    /// `--production`, of flows with `@project`.
    private(set) var production = false
    /// Options of plug-in decorators, by name.
    private(set) var plugins: [String: JSONValue] = [:]

    /// Top options with a value that the parser knows: their values are no commands.
    private static let valued: Set = [
        "--environment", "--metadata", "--datastore", "--datastore-root", "--package-suffixes", "--with", "--event-logger",
        "--monitor", "--mode", "--local-config-file",
    ]

    /// - Parameter options: those that decorators of the flow have added.
    init(_ arguments: [String], options: [FlowOptionDescription], isProject: Bool) throws(TopArgumentError) {
        var words = arguments[...]
        while let word = words.popFirst() {
            guard word.hasPrefix("--"), word.count > 2 else {
                rest.append(word)
                // The command, or a short option before it.
                if word.hasPrefix("-"), word != "--" { continue }
                break
            }
            let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let inline = sides.count == 2 ? sides[1] : nil
            switch sides[0] {
            case "--config":
                configFiles.append(try Self.pair(sides[0], inline, "FILE", &words))
            case "--config-value":
                configValues.append(try Self.pair(sides[0], inline, "JSON", &words))
            case "--branch" where isProject:
                branch = try Self.value(sides[0], inline, &words)
            case "--production" where isProject:
                production = true
            case let name where options.contains { "--\($0.name)" == name }:
                try take(name, inline, options, &words)
            default:
                rest.append(word)
                if inline == nil, Self.valued.contains(word), let value = words.popFirst() { rest.append(value) }
            }
        }
        rest += words
    }

    private mutating func take(
        _ word: String, _ inline: String?, _ options: [FlowOptionDescription], _ words: inout ArraySlice<String>
    ) throws(TopArgumentError) {
        guard let option = options.first(where: { "--\($0.name)" == word }) else { return }
        if option.isFlag {
            plugins[option.name] = .bool(true)
            return
        }
        let value = JSONValue.string(try Self.value(word, inline, &words))
        if option.multiple, case .array(let earlier) = plugins[option.name] {
            plugins[option.name] = .array(earlier + [value])
        } else {
            plugins[option.name] = option.multiple ? .array([value]) : value
        }
    }

    private static func pair(
        _ option: String, _ inline: String?, _ second: String, _ words: inout ArraySlice<String>
    ) throws(TopArgumentError) -> (name: String, value: String) {
        guard let name = inline ?? words.popFirst(), let value = words.popFirst() else {
            throw TopArgumentError(option: option, form: "\(option) NAME \(second)")
        }
        return (name, value)
    }

    private static func value(
        _ option: String, _ inline: String?, _ words: inout ArraySlice<String>
    ) throws(TopArgumentError) -> String {
        guard let value = inline ?? words.popFirst() else {
            throw TopArgumentError(option: option, form: "\(option) VALUE")
        }
        return value
    }

    /// Takes what is not on the command line from variables: `METAFLOW_BRANCH`, `METAFLOW_FLOW_NAME` and the like.
    mutating func complete(from environment: [String: String], options: [FlowOptionDescription], isProject: Bool) {
        func variable(_ name: String) -> String? {
            let upper = String(name.uppercased().map { $0 == "-" ? "_" : $0 })
            let names = ["PENSTOCK_\(upper)", "METAFLOW_\(upper)", "METAFLOW_FLOW_\(upper)"]
            return names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        if isProject {
            branch = branch ?? variable("branch")
            production = production || variable("production").map { !["0", "false", "no"].contains($0.lowercased()) } ?? false
        }
        for option in options where plugins[option.name] == nil {
            guard let text = variable(option.name) else { continue }
            plugins[option.name] = option.isFlag ? .bool(!["0", "false", "no"].contains(text.lowercased())) : .string(text)
        }
    }
}
