/// A value of a document, and the line that it begins on, from 1.
package struct TOMLNode: Sendable, Hashable {
    package var value: TOMLValue
    package var line: Int

    package init(_ value: TOMLValue, line: Int) {
        self.value = value
        self.line = line
    }
}

/// A value of TOML 1.0.
package indirect enum TOMLValue: Sendable, Hashable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    /// A date, a time, or both with or without an offset, as written but with `T` and `Z`; every part is in its range.
    case time(String)
    case array([TOMLNode])
    case table([String: TOMLNode])
}

// Each is `nil` for a value of another kind.
extension TOMLNode {
    package var string: String? { if case .string(let text) = value { text } else { nil } }
    package var integer: Int64? { if case .integer(let number) = value { number } else { nil } }
    package var boolean: Bool? { if case .boolean(let truth) = value { truth } else { nil } }
    package var array: [TOMLNode]? { if case .array(let elements) = value { elements } else { nil } }
    package var table: [String: TOMLNode]? { if case .table(let table) = value { table } else { nil } }
}

/// Text that is not TOML.
package struct TOMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    package let line: Int
    /// What is wrong, to go after "line 3: ".
    package let reason: String

    package var description: String { "line \(line): \(reason)" }
}
