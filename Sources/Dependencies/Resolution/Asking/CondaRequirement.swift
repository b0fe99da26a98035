public import CondaPackaging
public import Diagnostics

/// A conda package that is asked for.
public struct CondaRequirement: Sendable, Hashable {
    public let spec: MatchSpec
    /// As the person wrote it.
    public let spelled: String
    /// Absent for what no person asked for.
    public let asker: Asker?

    public init(_ spec: MatchSpec, spelled: String, asker: Asker? = nil) {
        self.spec = spec
        self.spelled = spelled
        self.asker = asker
    }

    /// The normal form of the spec.
    public var text: String { spec.description }

    /// An entry of the packages of `@conda`.
    ///
    /// - Parameters:
    ///   - key: `numpy`, `conda-forge::numpy`.
    ///   - value: `1.2`, which means exactly that; versions behind operators; `1.2.*`; `=1.2`, any version that begins so;
    ///     with a build behind `=`, as in `1.2=py312_0`; the URL of an archive; `*`, `latest` or nothing for any version.
    /// - Throws: `CondaRequirementError`
    public init(
        fromPackagesDictionary key: String, value: String, spelled: String? = nil, asker: Asker? = nil
    ) throws(CondaRequirementError) {
        let spelled = spelled ?? "'\(key)': '\(value)'"
        let entry = PackagesEntry(key: key.trimmedOfSpaces, value: value.trimmedOfSpaces)
        if let reason = entry.fault { throw CondaRequirementError(spelled: spelled, reason: reason, asker: asker) }
        let spec: MatchSpec
        do throws(MatchSpecError) {
            spec = try MatchSpec(parsing: entry.matchSpec)
        } catch {
            throw CondaRequirementError(spelled: spelled, reason: error.description, asker: asker)
        }
        guard let name = spec.name.exactName else {
            throw CondaRequirementError(spelled: spelled, reason: "'\(key)' is a pattern and names no package", asker: asker)
        }
        if entry.isURL, !entry.key.isEmpty, entry.key != name.description {
            throw CondaRequirementError(spelled: spelled, reason: "the archive is one of '\(name)'", asker: asker)
        }
        self.spec = spec
        self.spelled = spelled
        self.asker = asker
    }

    /// Key and value, to be put together.
    private struct PackagesEntry {
        let key: String
        let value: String

        /// The address of an archive, in the value.
        private var url: String? {
            let text = value.hasPrefix("@") ? String(value.dropFirst()).trimmedOfSpaces : value
            return text.contains("://") || text.hasPrefix("file:") || text.hasPrefix("/") ? text : nil
        }

        var isURL: Bool { url != nil }

        private var isAny: Bool { ["", "*", "latest"].contains(value) }

        /// What no reading of the two together would tell.
        var fault: String? {
            if key.isEmpty, !isURL { return "it names no package" }
            if value.hasSuffix("="), buildMark != nil { return "no build stands behind the last '='" }
            if !isAny, (try? MatchSpec(parsing: key))?.version != nil { return "the name has a version of its own" }
            return nil
        }

        var matchSpec: String {
            if let url { return url }
            guard !isAny else { return key }
            guard let cut = buildMark else { return "\(key) \(value)" }
            return "\(key) \(value[..<cut]) \(value[value.index(after: cut)...])"
        }

        /// The `=` that a build stands behind: one that is not part of an operator.
        private var buildMark: String.Index? {
            guard !value.contains("["), let mark = value.lastIndex(of: "="), mark != value.startIndex else { return nil }
            let before = value[value.index(before: mark)]
            return before.isLetter || before.isNumber || before == "*" || before == "." ? mark : nil
        }
    }
}

/// An entry of the packages of `@conda` that has no meaning.
public struct CondaRequirementError: DiagnosticError {
    public let spelled: String
    /// What is wrong with it.
    public let reason: String
    public let asker: Asker?

    public var diagnostic: Diagnostic {
        Diagnostic(
            .user, "\(asker.map { "\($0.words) asks for " } ?? "")\(spelled): \(reason)", file: asker?.file, line: asker?.line,
            help: "write a version ('1.26.4'), a range ('>=1.26,<2'), a beginning ('1.26.*') or '*' for any; a build goes behind it: '1.26.4=py312*'")
    }
}

extension String {
    fileprivate var trimmedOfSpaces: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
