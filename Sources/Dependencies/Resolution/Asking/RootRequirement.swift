public import Digests
public import PythonPackaging

/// One thing that a person asks for, with the words in which they did.
public struct RootRequirement: Sendable, Hashable {
    public let requirement: Requirement
    /// As the person wrote it, for explanations: `pandas>=2`, or `'pandas': '>=2'`.
    public let spelled: String
    /// Who asks; the person who typed the command where nothing is said.
    public var asker: Asker?
    /// Where the package comes from if not from an index. `requirement.source` then has the same as text.
    public var reference: DirectReference?
    /// The only files that will do, where the person named any (`--hash`).
    public var hashes: Set<SHA256Digest> = []

    /// Takes a requirement as it is; `spelled` defaults to its canonical text.
    public init(_ requirement: Requirement, spelled: String? = nil) throws(RootRequirementError) {
        let spelled = spelled ?? requirement.description
        if case .url(let url) = requirement.source { throw .init(spelled: spelled, .url(url)) }
        self.requirement = requirement
        self.spelled = spelled
    }

    /// Reads a requirement of PEP 508: `pandas[excel]>=2; python_version >= "3.9"`.
    public init(parsing text: String) throws(RootRequirementError) {
        if let problem = RootRequirementError.Problem(unsupported: text) { throw .init(spelled: text, problem) }
        let requirement: Requirement
        do {
            requirement = try Requirement(parsing: text)
        } catch {
            throw .init(spelled: text, .malformed(error.description))
        }
        try self.init(requirement, spelled: text)
    }
}

/// Something asked for that is not understood, or not possible yet.
public struct RootRequirementError: Error, Hashable, Sendable {
    public enum Problem: Hashable, Sendable {
        /// The message of the parser.
        case malformed(String)
        case url(String)
        /// A repository, such as `git+https://…`.
        case repository(String)
        /// A folder or file.
        case path(String)
        /// `-e`, `--editable`, or another option of pip.
        case option(String)
        /// `channel::package`, conda's way to name a channel.
        case channel
        /// `1.2=build`, conda's way to name a build.
        case build
        /// Conditions do not go into the name of a package.
        case marker
    }

    /// As the person wrote it.
    public let spelled: String
    public let problem: Problem

    init(spelled: String, _ problem: Problem) {
        self.spelled = spelled
        self.problem = problem
    }
}

extension RootRequirementError.Problem {
    private static let repositories = ["git+", "hg+", "svn+", "bzr+"]

    /// Forms that pip knows and that are not requirements of PEP 508, or are ones that cannot be met yet.
    init?(unsupported text: String) {
        let whole = text.trimmed
        let afterName = whole.split(separator: "@", maxSplits: 1).dropFirst().first?.trimmed
        if whole.hasPrefix("-") {
            self = .option(whole)
        } else if let address = [whole, afterName].compactMap(\.self).first(where: Self.isRepository) {
            self = .repository(address)
        } else if whole.contains("://") {
            self = .url(afterName ?? whole)
        } else if whole.hasPrefix(".") || whole.hasPrefix("/") || whole.hasPrefix("~/") {
            self = .path(whole)
        } else {
            return nil
        }
    }

    private static func isRepository(_ text: String) -> Bool { repositories.contains(where: text.hasPrefix) }
}

extension StringProtocol {
    /// Without spaces at either end.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
