package import Diagnostics

/// One thing that is wrong with the values given for parameters.
package enum ParameterProblem: Hashable, Sendable {
    /// An option that is neither one of the command nor a parameter; the name without its dashes.
    case unknownOption(String, known: [String])
    /// Words that belong to no option.
    case unexpected(String)
    case missingValue(String)
    case invalid(String, text: String, type: ParameterDescription.ValueType)
    case required(String, variable: String)

    /// The parameter it is about.
    var parameter: String? {
        switch self {
        case .unknownOption, .unexpected: nil
        case .missingValue(let name), .invalid(let name, _, _), .required(let name, _): name
        }
    }

    package var message: String {
        switch self {
        case .unknownOption(let name, _): "there is no option '--\(name)'"
        case .unexpected(let text): "unexpected argument '\(text)'"
        case .missingValue(let name): "option '--\(name)' needs a value"
        case .invalid(let name, let text, let type): "option '--\(name)': '\(text)' is not \(type.phrase)"
        case .required(let name, _): "missing option '--\(name)'"
        }
    }

    package var help: String {
        switch self {
        case .unknownOption(_, let known) where known.isEmpty: "the flow has no parameters"
        case .unknownOption(_, let known):
            "the flow's parameters are " + known.map { "--\($0)" }.joined(separator: ", ")
        case .unexpected: "write parameters as --NAME VALUE"
        case .missingValue(let name): "write --\(name) VALUE"
        case .invalid(let name, _, let type): "write --\(name) \(type.metavariable)"
        case .required(let name, let variable): "write --\(name) VALUE, or set \(variable)"
        }
    }
}

/// Everything that is wrong with the values given for parameters: the command line is wrong, exit code 2.
package struct ParameterErrors: DiagnosticError, Hashable {
    /// Never empty.
    package let problems: [ParameterProblem]

    package var diagnostic: Diagnostic {
        guard problems.count > 1 else {
            return Diagnostic(.usage, problems[0].message, help: problems[0].help)
        }
        return Diagnostic(
            .usage, "\(problems.count) problems with the flow's parameters",
            details: problems.map { "\($0.message): \($0.help)" })
    }
}

extension ParameterDescription.ValueType {
    /// With its article, for sentences.
    var phrase: String {
        switch self {
        case .str: "a text"
        case .int: "a whole number"
        case .float: "a number"
        case .bool: "True or False"
        case .json: "JSON"
        case .file: "the path of a file"
        case .custom: "a value"
        }
    }

    /// For help texts.
    var metavariable: String {
        switch self {
        case .str: "TEXT"
        case .int: "INTEGER"
        case .float: "FLOAT"
        case .bool: "True|False"
        case .json: "JSON"
        case .file: "FILE"
        case .custom: "VALUE"
        }
    }
}
