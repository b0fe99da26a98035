/// Which packages a match spec is about: one name, or every name that fits a pattern (CEP 29).
public enum NamePattern: Sendable, Hashable, CustomStringConvertible {
    case exact(CondaName)
    case pattern(TextPattern)

    /// Whether packages of this name are meant.
    public func matches(_ name: CondaName) -> Bool {
        switch self {
        case .exact(let wanted): wanted == name
        case .pattern(let pattern): pattern.matches(name.description)
        }
    }

    /// The one name that fits, unless it is a pattern.
    public var exactName: CondaName? {
        if case .exact(let name) = self { return name }
        return nil
    }

    public var description: String {
        switch self {
        case .exact(let name): name.description
        case .pattern(let pattern): pattern.description
        }
    }
}
