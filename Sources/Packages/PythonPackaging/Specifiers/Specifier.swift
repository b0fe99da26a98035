/// One clause of a version specifier (PEP 440, version specifiers): an operator and what it is compared with.
public struct Specifier: Sendable {
    public enum Operator: String, Sendable, Hashable, CaseIterable {
        case compatible = "~="
        case equal = "=="
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case below = "<"
        case above = ">"
        /// Text equality, the way out for versions that are none.
        case identical = "==="
    }

    public let `operator`: Operator
    /// What follows the operator, as written, without white space around it.
    public let text: String
    /// The version that `text` is, without a trailing `.*`; `nil` only for `===` with text that is no version.
    public let version: Version?
    /// Whether `text` ends in `.*`.
    public let isPrefix: Bool

    let condition: VersionCondition

    init(operator: Operator, text: String, version: Version?, isPrefix: Bool, condition: VersionCondition) {
        self.operator = `operator`
        self.text = text
        self.version = version
        self.isPrefix = isPrefix
        self.condition = condition
    }

    /// Whether the clause names a pre-release, which invites pre-releases in.
    ///
    /// A clause that only keeps a version out (`!=`) invites nothing.
    public var mentionsPrerelease: Bool {
        `operator` != .notEqual && !isPrefix && version?.isPrerelease == true
    }

    /// Whether `version` fulfils the clause.
    ///
    /// - Parameter prereleases: Whether pre-releases may fulfil it at all.
    public func contains(_ version: Version, prereleases: Bool = true) -> Bool {
        (prereleases || !version.isPrerelease) && condition.isFulfilled(by: version)
    }
}

extension Specifier: Hashable {
    // Versions that PEP 440 holds equal make equal clauses, but for `~=`, where a trailing zero changes the meaning.
    public static func == (left: Self, right: Self) -> Bool {
        guard left.operator == right.operator, left.isPrefix == right.isPrefix else { return false }
        if left.comparesText || right.comparesText { return left.text == right.text }
        guard left.version == right.version else { return false }
        return left.operator != .compatible || left.version?.spelledCount == right.version?.spelledCount
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(`operator`)
        if comparesText { hasher.combine(text) } else { hasher.combine(version) }
    }

    private var comparesText: Bool { `operator` == .identical || isPrefix }
}

extension Specifier: TextCoded {
    public var description: String { `operator`.rawValue + text }

    public init(decoding text: String) throws { try self.init(parsing: text) }
}
