extension ParameterDescription {
    /// One line of `run --help`: the option, what it is for, and its default.
    package var helpLine: String {
        let option = "  --\(name) \(type.metavariable)"
        var words = [option.padded(to: 27)]
        if let help, !help.trimmed.isEmpty { words.append(help.trimmed) }
        if required { words.append("[required]") }
        if showDefault, !required, let shown = shownDefault { words.append("[default: \(shown)]") }
        if multiple { words.append("[may be repeated]") }
        return words.count == 1 ? option : words.joined(separator: " ")
    }

    private var shownDefault: String? {
        if defaultIsFunction { return "computed" }
        return switch defaultValue {
        case .null: nil
        case .string(let text): text
        default: defaultValue.description
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - count))
    }
}
