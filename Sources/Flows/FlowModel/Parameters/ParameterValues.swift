/// What was given for a parameter, as text: the worker makes the value of it. In JSON a string or a list of strings.
package enum GivenParameter: Hashable, Sendable {
    case text(String)
    /// Of a parameter that may be given several times.
    case texts([String])
}

extension GivenParameter: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .texts(try container.decode([String].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .texts(let texts): try container.encode(texts)
        }
    }
}

/// The values that a run is given for its flow's parameters. They have been looked at: each reads as its type.
package struct ParameterValues: Hashable, Sendable {
    /// By the parameter's name; those that are to have their default are missing.
    package let given: [String: GivenParameter]

    /// Takes values from the command line, else from the environment (`PENSTOCK_RUN_NAME`, `METAFLOW_RUN_NAME`).
    ///
    /// - Parameters:
    ///   - arguments: what is left of the command line when all other options are taken away: `--name value` or
    ///     `--name=value`. The last one of a name wins unless the parameter may be given several times.
    ///   - environment: the process environment.
    package init(
        parsing arguments: [String], environment: [String: String], of parameters: [ParameterDescription]
    ) throws(ParameterErrors) {
        var reading = ParameterReading(parameters)
        reading.read(arguments)
        reading.complete(from: environment)
        guard reading.problems.isEmpty else { throw ParameterErrors(problems: reading.problems) }
        given = reading.given
    }
}

/// A command line on its way to values.
private struct ParameterReading {
    private let parameters: [ParameterDescription]
    private(set) var given: [String: GivenParameter] = [:]
    private(set) var problems: [ParameterProblem] = []

    init(_ parameters: [ParameterDescription]) { self.parameters = parameters }

    mutating func read(_ arguments: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--"), argument.count > 2 else {
                problems.append(.unexpected(argument))
                continue
            }
            let sides = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(sides[0])
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                problems.append(.unknownOption(name, known: parameters.map(\.name)))
                if sides.count == 1, let next = rest.first, !next.hasPrefix("--") { rest.removeFirst() }
                continue
            }
            if sides.count == 2 {
                take(String(sides[1]), for: parameter)
            } else if let next = rest.popFirst() {
                take(next, for: parameter)
            } else {
                problems.append(.missingValue(name))
            }
        }
    }

    mutating func complete(from environment: [String: String]) {
        for parameter in parameters where given[parameter.name] == nil && !isTold(parameter.name) {
            if let text = parameter.variableNames.lazy.compactMap({ environment[$0] }).first {
                for value in parameter.values(ofVariable: text) { take(value, for: parameter) }
            } else if parameter.required, parameter.defaultValue == .null, !parameter.defaultIsFunction {
                problems.append(.required(parameter.name, variable: parameter.variableNames[0]))
            }
        }
    }

    /// Whether the parameter's value is wrong already, so that it is not called missing as well.
    private func isTold(_ name: String) -> Bool {
        problems.contains { $0.parameter == name }
    }

    private mutating func take(_ text: String, for parameter: ParameterDescription) {
        guard parameter.type.accepts(text) else {
            problems.append(.invalid(parameter.name, text: text, type: parameter.type))
            return
        }
        if parameter.multiple, case .texts(let earlier) = given[parameter.name] {
            given[parameter.name] = .texts(earlier + [text])
        } else {
            given[parameter.name] = parameter.multiple ? .texts([text]) : .text(text)
        }
    }
}

extension ParameterDescription {
    /// The environment variables that give the parameter a value, in order.
    package var variableNames: [String] {
        let name = String(name.uppercased().map { $0 == "-" ? "_" : $0 })
        return ["PENSTOCK_RUN_\(name)", "METAFLOW_RUN_\(name)"]
    }

    /// The values in the text of such a variable: its words where the parameter may be given several times.
    fileprivate func values(ofVariable text: String) -> [String] {
        multiple ? text.split(whereSeparator: \.isWhitespace).map(String.init) : [text]
    }
}
