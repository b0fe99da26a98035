/// Values of attributes as a person may write them: numbers and truths also as texts, which is how the command line has
/// them.
extension JSONValue {
    /// A whole number, also one written as text.
    var wholeNumber: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        case .string(let text): Int(text.trimmed)
        default: nil
        }
    }

    /// A finite number, also one written as text.
    var anyNumber: Double? {
        let number: Double? =
            switch self {
            case .integer(let value): Double(value)
            case .number(let value): value
            case .string(let text): Double(text.trimmed)
            default: nil
            }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    /// True or False, also written as text.
    var truth: Bool? {
        switch self {
        case .bool(let value): value
        case .string(let text):
            switch text.trimmed.lowercased() {
            case "true": true
            case "false": false
            default: nil
            }
        default: nil
        }
    }

    /// The name of a function that stands in the flow's file, where the value is a function, or its name as text.
    var functionName: String? {
        switch self {
        case .string(let text): text.isEmpty ? nil : text
        case .object(let members):
            if members["$python"] == .string("function"), case .string(let text) = members["text"] {
                text.split(separator: ".").last.map(String.init)
            } else {
                nil
            }
        default: nil
        }
    }

    /// Whether it stands for something of Python that JSON cannot say.
    var isPython: Bool {
        if case .object(let members) = self { members["$python"] != nil } else { false }
    }

    /// What Python takes for false: nothing, zero, or empty.
    var isFalsy: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .integer(let value): value == 0
        case .number(let value): value == 0
        case .string(let text): text.isEmpty
        case .array(let values): values.isEmpty
        case .object(let members): members.isEmpty
        }
    }
}

extension DecoratorSite {
    /// True or False, where it is given; anything else is told.
    func truth(_ attribute: String, _ findings: inout [FlowFinding]) -> Bool? {
        guard let value = self[attribute] else { return nil }
        if let truth = value.truth { return truth }
        findings.append(
            finding("has \(attribute)=\(value)", help: "write \(attribute)=True or \(attribute)=False"))
        return nil
    }

    /// A text, where it is given; anything else is told.
    func text(_ attribute: String, _ findings: inout [FlowFinding]) -> String? {
        guard let value = self[attribute] else { return nil }
        if case .string(let text) = value { return text }
        findings.append(finding("has \(attribute)=\(value)", help: "write a text: \(attribute)='...'"))
        return nil
    }
}
