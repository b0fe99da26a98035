extension Specifier {
    /// Reads one clause, such as `>= 1.2`.
    public init(parsing text: some StringProtocol) throws(SpecifierError) {
        let clause = String(text.stripped)
        let (`operator`, rest) = try Self.split(clause)
        let spelling = String(rest.stripped)
        if `operator` == .identical {
            try self.init(identicalTo: spelling, in: clause)
            return
        }
        let isPrefix = spelling.hasSuffix(".*")
        let number = isPrefix ? String(spelling.dropLast(2)) : spelling
        guard let version = number.withBytes(Version.exactly) else {
            throw SpecifierError(text: clause, problem: number.isEmpty ? .noVersion : .badVersion(number))
        }
        if let problem = Self.problem(`operator`, version, isPrefix: isPrefix) {
            throw SpecifierError(text: clause, problem: problem)
        }
        self.init(
            operator: `operator`, text: spelling, version: version, isPrefix: isPrefix,
            condition: VersionCondition(`operator`, version, isPrefix: isPrefix))
    }

    private init(identicalTo spelling: String, in clause: String) throws(SpecifierError) {
        guard !spelling.unicodeScalars.contains(where: { $0.isStripped || $0 == ";" || $0 == ")" }) else {
            throw SpecifierError(text: clause, problem: .badVersion(spelling))
        }
        self.init(
            operator: .identical, text: spelling, version: try? Version(parsing: spelling), isPrefix: false,
            condition: .text(spelling.lowercased()))
    }

    private static func split(_ clause: String) throws(SpecifierError) -> (Operator, Substring) {
        // `===` before `==`, `<=` before `<`.
        let known: [Operator] = [.identical, .compatible, .equal, .notEqual, .atMost, .atLeast, .below, .above]
        for candidate in known where clause.utf8.starts(with: candidate.rawValue.utf8) {
            return (candidate, clause[clause.utf8.index(clause.startIndex, offsetBy: candidate.rawValue.utf8.count)...])
        }
        throw SpecifierError(text: clause, problem: .noOperator)
    }

    /// What PEP 440 has against the combination.
    private static func problem(
        _ operator: Operator, _ version: Version, isPrefix: Bool
    ) -> SpecifierError.Problem? {
        let parts = version.parts
        if isPrefix {
            guard `operator` == .equal || `operator` == .notEqual else { return .prefixNotAllowed }
            let isPlain = parts.pre == nil && parts.post == nil && parts.dev == nil && parts.local.isEmpty
            return isPlain ? nil : .prefixAfterSuffix
        }
        if !parts.local.isEmpty, `operator` != .equal, `operator` != .notEqual { return .localNotAllowed }
        if `operator` == .compatible, parts.release.count < 2 { return .compatibleTooShort }
        return nil
    }
}

/// Text that is no version specifier by PEP 440.
public struct SpecifierError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// It begins with none of `== != <= >= < > ~= ===`.
        case noOperator
        /// Nothing follows the operator.
        case noVersion
        /// What follows the operator is no version.
        case badVersion(String)
        /// `.*` after an operator other than `==` and `!=`.
        case prefixNotAllowed
        /// `.*` after a pre-, post-, development or local part.
        case prefixAfterSuffix
        /// A local part (`+…`) after an operator other than `==` and `!=`.
        case localNotAllowed
        /// `~=` with a single release component.
        case compatibleTooShort
    }

    /// The clause that was read.
    public let text: String
    public let problem: Problem

    public var description: String { "\(text.quoted) is not a version specifier: \(reason)" }

    private var reason: String {
        switch problem {
        case .noOperator: "it has to begin with one of ==, !=, <=, >=, <, >, ~= or ==="
        case .noVersion: "a version is missing after the operator"
        case .badVersion(let text): "\(text.quoted) is not a version (PEP 440)"
        case .prefixNotAllowed: "'.*' can follow a version only after == and !="
        case .prefixAfterSuffix: "'.*' can follow release numbers only"
        case .localNotAllowed: "a local version (+…) can be compared with == and != only"
        case .compatibleTooShort: "~= needs at least two release numbers, as in ~=1.4"
        }
    }
}
