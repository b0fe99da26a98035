import TOMLDocuments

/// A value of TOML whose meaning is somebody else's: it is kept and written again.
public indirect enum LockValue: Sendable, Hashable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    /// A date, a time or both, as TOML writes it.
    case time(String)
    case array([LockValue])
    case table([String: LockValue])

    /// What kind of value it is, for messages.
    var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a float"
        case .boolean: "a boolean"
        case .time: "a date or time"
        case .array: "an array"
        case .table: "a table"
        }
    }
}

extension LockValue {
    init(_ node: TOMLNode) {
        switch node.value {
        case .string(let text): self = .string(text)
        case .integer(let number): self = .integer(number)
        case .float(let number): self = .float(number)
        case .boolean(let truth): self = .boolean(truth)
        case .time(let literal): self = .time(literal)
        case .array(let elements): self = .array(elements.map(LockValue.init))
        case .table(let table): self = .table(table.mapValues(LockValue.init))
        }
    }
}
