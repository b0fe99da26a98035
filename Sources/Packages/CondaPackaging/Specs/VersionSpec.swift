/// Which versions of a package are asked for (CEP 29, version matching): `>=1.2,<2`, `1.26.*`, `3.11|3.12`.
public struct VersionSpec: Sendable {
    /// How a spec is built.
    public indirect enum Expression: Sendable, Hashable {
        /// `*`
        case any
        case clause(VersionClause)
        /// A regular expression, `^…$`, for the version's text.
        case pattern(TextPattern)
        /// All of them, separated by `,`. Binds tighter than `|`.
        case all([Expression])
        /// At least one of them, separated by `|`.
        case either([Expression])
    }

    // Shared and never changed: specs are copied with everything that holds one.
    private let prepared: PreparedVersionSpec

    public init(_ expression: Expression) { prepared = PreparedVersionSpec(expression) }

    /// Every version.
    public static let any = VersionSpec(.any)

    /// Exactly this version, however it is spelled.
    public static func exactly(_ version: CondaVersion) -> VersionSpec { VersionSpec(.clause(VersionClause(.equal, version))) }

    public var expression: Expression { prepared.expression }

    /// Whether `version` is one of those asked for.
    @inline(__always)
    public func contains(_ version: CondaVersion) -> Bool { prepared.contains(version) }

    /// The versions as stretches of the order; `nil` where they are none, as for regular expressions.
    public var versions: VersionSet? { prepared.versions }

    /// The one version that is asked for, if it is one.
    public var exactVersion: CondaVersion? {
        if case .clause(let clause) = expression, clause.operator == .equal { return clause.version }
        return nil
    }
}

/// A spec and what it allows.
private final class PreparedVersionSpec: Sendable {
    let expression: VersionSpec.Expression
    let versions: VersionSet?

    init(_ expression: VersionSpec.Expression) {
        self.expression = expression
        versions = expression.versions
    }

    @inline(__always)
    func contains(_ version: CondaVersion) -> Bool { versions?.contains(version) ?? expression.contains(version) }
}

extension VersionSpec.Expression {
    /// The versions as stretches of the order, as long as everything in the expression has some.
    fileprivate var versions: VersionSet? {
        switch self {
        case .any: return .all
        case .clause(let clause): return clause.versions
        case .pattern: return nil
        case .all(let expressions): return Self.combined(expressions, from: .all) { $0.intersection($1) }
        case .either(let expressions): return Self.combined(expressions, from: .none) { $0.union($1) }
        }
    }

    private static func combined(
        _ expressions: [Self], from start: VersionSet, _ combine: (VersionSet, VersionSet) -> VersionSet
    ) -> VersionSet? {
        var result = start
        for expression in expressions {
            guard let versions = expression.versions else { return nil }
            result = combine(result, versions)
        }
        return result
    }

    fileprivate func contains(_ version: CondaVersion) -> Bool {
        switch self {
        case .any: true
        case .clause(let clause): clause.contains(version)
        case .pattern(let pattern): pattern.matches(version.spelling)
        case .all(let expressions): expressions.allSatisfy { $0.contains(version) }
        case .either(let expressions): expressions.contains { $0.contains(version) }
        }
    }
}

extension VersionSpec: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.prepared === right.prepared || left.expression == right.expression
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(expression) }
}

extension VersionSpec: CodedAsText {
    public init(decoding text: String) throws { try self.init(parsing: text) }

    /// The normal form: `==1.26|2.0.*`.
    public var description: String { expression.text(within: false) }
}

extension VersionSpec.Expression {
    fileprivate func text(within isInConjunction: Bool) -> String {
        switch self {
        case .any: return "*"
        case .clause(let clause): return clause.description
        case .pattern(let pattern): return pattern.description
        case .all(let expressions): return expressions.map { $0.text(within: true) }.joined(separator: ",")
        case .either(let expressions):
            let text = expressions.map { $0.text(within: false) }.joined(separator: "|")
            return isInConjunction ? "(\(text))" : text
        }
    }
}
