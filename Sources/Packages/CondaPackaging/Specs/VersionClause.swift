/// An operator and the version that it compares with (CEP 29, version matching).
public struct VersionClause: Sendable {
    public enum Operator: String, Sendable, Hashable, CaseIterable {
        /// The same version, however it is spelled.
        case equal = "=="
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case below = "<"
        case above = ">"
        /// It begins with these segments; also written as `1.2.*`.
        case startsWith = "="
        /// It does not begin with these segments; written as `!=1.2.*` only.
        case notStartsWith = "!=*"
        /// At least this version, and the same segments apart from the last.
        case compatible = "~="
    }

    public let `operator`: Operator
    public let version: CondaVersion
    private let condition: VersionCondition

    /// A clause of any operator and version; the condition is prepared here, so that asking is quick.
    public init(_ operator: Operator, _ version: CondaVersion) {
        self.operator = `operator`
        self.version = version
        condition = VersionCondition(`operator`, version)
    }

    /// Whether `version` fulfils the clause.
    @inline(__always)
    public func contains(_ version: CondaVersion) -> Bool { condition.isFulfilled(by: version) }

    /// The versions that fulfil the clause; `nil` where they are no stretches of the order.
    var versions: VersionSet? { condition.versions }
}

extension VersionClause: Hashable, CustomStringConvertible {
    public static func == (left: Self, right: Self) -> Bool {
        // `1.0` and `1.00` are one version, but `=1.0` allows less than `=1`.
        left.operator == right.operator && left.condition == right.condition
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(`operator`)
        hasher.combine(version)
    }

    public var description: String {
        switch `operator` {
        case .startsWith: "\(version).*"
        case .notStartsWith: "!=\(version).*"
        default: `operator`.rawValue + version.description
        }
    }
}

/// What a clause asks, prepared so that asking is one or two comparisons.
private enum VersionCondition: Hashable, Sendable {
    case equal(VersionKey)
    case notEqual(VersionKey)
    case atMost(VersionKey)
    case atLeast(VersionKey)
    case below(VersionKey)
    case above(VersionKey)
    case prefix(VersionPrefix)
    case notPrefix(VersionPrefix)
    case compatible(VersionKey, VersionPrefix)

    init(_ operator: VersionClause.Operator, _ version: CondaVersion) {
        self =
            switch `operator` {
            case .equal: .equal(version.key)
            case .notEqual: .notEqual(version.key)
            case .atMost: .atMost(version.key)
            case .atLeast: .atLeast(version.key)
            case .below: .below(version.key)
            case .above: .above(version.key)
            case .startsWith: .prefix(VersionPrefix(version))
            case .notStartsWith: .notPrefix(VersionPrefix(version))
            case .compatible: .compatible(version.key, VersionPrefix(version, droppingLast: true))
            }
    }

    @inline(__always)
    func isFulfilled(by version: CondaVersion) -> Bool {
        switch self {
        case .equal(let key): version.key == key
        case .notEqual(let key): version.key != key
        case .atMost(let key): version.key <= key
        case .atLeast(let key): version.key >= key
        case .below(let key): version.key < key
        case .above(let key): version.key > key
        case .prefix(let prefix): prefix.begins(version)
        case .notPrefix(let prefix): !prefix.begins(version)
        case .compatible(let key, let prefix): version.key >= key && prefix.begins(version)
        }
    }

    var versions: VersionSet? {
        switch self {
        case .equal(let key): VersionSet(from: key, before: key.successor)
        case .notEqual(let key): VersionSet(from: key, before: key.successor).complement
        case .atMost(let key): VersionSet(before: key.successor)
        case .atLeast(let key): VersionSet(from: key)
        case .below(let key): VersionSet(before: key)
        case .above(let key): VersionSet(from: key.successor)
        case .prefix(let prefix): prefix.isStretch ? VersionSet(prefix.interval) : nil
        case .notPrefix(let prefix): prefix.isStretch ? VersionSet(prefix.interval).complement : nil
        case .compatible(let key, let prefix):
            prefix.isStretch ? VersionSet(from: key, before: prefix.interval.upper) : nil
        }
    }
}
