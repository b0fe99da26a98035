/// Which versions of a package are asked for (CEP 29, version matching): `>=1.2,<2`, `1.26.*`, `3.11|3.12`.
public enum VersionSpec: Sendable, Hashable {
    /// `*`
    case any
    case clause(VersionClause)
    /// A regular expression, `^…$`, for the version's text.
    case pattern(TextPattern)
    /// All of them, separated by `,`. Binds tighter than `|`.
    case all([VersionSpec])
    /// At least one of them, separated by `|`.
    case either([VersionSpec])

    /// Exactly this version, however it is spelled.
    public static func exactly(_ version: CondaVersion) -> VersionSpec { .clause(VersionClause(.equal, version)) }

    /// Whether `version` is one of those asked for.
    public func contains(_ version: CondaVersion) -> Bool {
        switch self {
        case .any: return true
        case .clause(let clause): return clause.contains(version)
        case .pattern(let pattern): return pattern.matches(version.spelling)
        case .all(let specs):
            for spec in specs where !spec.contains(version) { return false }
            return true
        case .either(let specs):
            for spec in specs where spec.contains(version) { return true }
            return false
        }
    }

    /// The one version that is asked for, if it is one.
    public var exactVersion: CondaVersion? {
        if case .clause(let clause) = self, clause.operator == .equal { return clause.version }
        return nil
    }
}

extension VersionSpec: CodedAsText {
    public init(decoding text: String) throws { try self.init(parsing: text) }

    /// The normal form: `==1.26|2.0.*`.
    public var description: String { text(within: false) }

    private func text(within isInConjunction: Bool) -> String {
        switch self {
        case .any: return "*"
        case .clause(let clause): return clause.description
        case .pattern(let pattern): return pattern.description
        case .all(let specs): return specs.map { $0.text(within: true) }.joined(separator: ",")
        case .either(let specs):
            let text = specs.map { $0.text(within: false) }.joined(separator: "|")
            return isInConjunction ? "(\(text))" : text
        }
    }
}
