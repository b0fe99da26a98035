/// Text that is no match spec by CEP 29.
public struct MatchSpecError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// No package is named.
        case noName
        case badName(String)
        case badNamePattern(TextPatternError.Problem)
        /// Something that is no version spec.
        case badVersion(VersionSpecError.Problem)
        /// Something that is neither a version spec nor the end follows the name.
        case expectedVersion
        /// A build string with other characters than letters, digits, `_` and `*`, read strictly.
        case badBuild(String)
        case badBuildPattern(TextPatternError.Problem)
        case badBuildNumber(String)
        /// A hash that has not as many hexadecimal digits as it should.
        case badDigest(field: String)
        case badURL(String)
        /// A URL or path whose last part is no name of a conda archive.
        case badArchiveName(String)
        case badChannel(String)
        /// Between brackets something else than `key=value` stands.
        case badField
        case unknownField(String)
        /// A field is given twice, read strictly.
        case repeatedField(String)
        case badExtra(String)
        case badFlag(String)
        /// A bracket, parenthesis or quote is never closed.
        case unclosed(Character)
        /// Something is behind the brackets.
        case expectedEnd
        case badCondition
        /// A condition within a condition.
        case nestedCondition
        /// `; if`, which was tried before `[when=…]`, or any other semicolon.
        case semicolon
        case tooDeep
    }

    /// What was read.
    public let text: String
    /// Where it went wrong, in characters from 1.
    public let column: Int
    public let problem: Problem

    public var description: String { "\(text.quoted) is not a match spec: \(problem.reason) at column \(column)" }
}

extension MatchSpecError.Problem {
    /// What is wrong, without the place.
    var reason: String {
        switch self {
        case .noName: "expected the name of a package"
        case .badName(let name): "\(name.quoted) is not the name of a conda package"
        case .badNamePattern, .badBuildPattern: "a regular expression that is not understood"
        case .badVersion(let problem): VersionSpecError(text: "", column: 0, problem: problem).reason
        case .expectedVersion: "expected a version such as >=1.2"
        case .badBuild(let build): "\(build.quoted) is not a build string of letters, digits, '_' and '*'"
        case .badBuildNumber(let text): "\(BuildNumberSpecError(text: text))"
        case .badDigest(let field): "\(field) is not the right number of hexadecimal digits"
        case .badURL(let url): "\(url.quoted) is neither a URL nor an absolute path"
        case .badArchiveName(let name): "\(name.quoted) is not the name of a conda archive"
        case .badChannel(let name): "\(name.quoted) is not a channel"
        case .badField: "expected key=value"
        case .unknownField(let name): "there is no field \(name.quoted)"
        case .repeatedField(let name): "\(name) is given twice"
        case .badExtra(let name):
            "\(name.quoted) is not a group of dependencies: lower-case letters, digits, '_', '.', '+' and '-'"
        case .badFlag(let name): "\(name.quoted) is not a flag: lower-case letters, digits and '_', with one ':' perhaps"
        case .unclosed(let bracket): "'\(bracket)' is not closed"
        case .expectedEnd: "expected the end after the brackets"
        case .badCondition: "expected match specs joined by 'and' and 'or'"
        case .nestedCondition: "a condition cannot have a condition"
        case .semicolon: "a condition is written as [when=\"…\"], not after ';'"
        case .tooDeep: "nested too deep"
        }
    }
}
