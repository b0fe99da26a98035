public import Diagnostics
public import PythonPackaging

/// Something asked for that is not understood, or that cannot be had in this way.
public struct RootRequirementError: Error, Hashable, Sendable {
    public enum Problem: Error, Hashable, Sendable {
        /// The message of the parser.
        case malformed(String)
        case reference(DirectReferenceError)
        /// The package that a URL or path leads to is not named, and its name is not to be seen.
        case unnamed
        /// The wheel is of another package.
        case otherName(PackageName)
        /// `-e` before something that comes from an index.
        case notEditable
        /// An option of pip where no option can stand.
        case option(String)
        /// `channel::package`, conda's way to name a channel.
        case channel
        /// `1.2=build`, conda's way to name a build.
        case build
        /// A version beside a URL or path.
        case versionOfReference
        /// Something that limits versions, and that has extras, is editable or has no name.
        case constraint
    }

    /// As the person wrote it, without credentials.
    public let spelled: String
    public let problem: Problem
    /// Where it was written.
    public let file: String?
    public let line: Int?

    init(spelled: String, _ problem: Problem, asker: Asker? = nil) {
        self.spelled = DirectReference.redacting(spelled)
        self.problem = problem
        file = asker?.file
        line = asker?.line
    }
}

extension RootRequirementError: DiagnosticError {
    public var diagnostic: Diagnostic {
        let (rest, details, help) = words
        return Diagnostic(
            .user, "\(spelled.isEmpty ? "an empty text" : spelled) \(rest)", file: file, line: line, details: details, help: help)
    }

    /// The rest of the headline, what is known beyond it, and what to do.
    private var words: (String, [String], String) {
        switch problem {
        case .malformed(let message):
            (
                "cannot be read as a requirement", [message],
                "write a name with a version such as '==1.2' or '>=1.2,<2', or NAME @ URL"
            )
        case .reference(let error): ("asks for something that cannot be had", [error.description], error.help)
        case .unnamed: ("does not say which package it is", [], "write NAME @ before the URL or path")
        case .otherName(let name): ("leads to a wheel of another package, \(name)", [], "write \(name) as the name")
        case .notEditable:
            (
                "cannot be installed as editable: it comes from a package index", [],
                "leave out -e, or name the folder of the project after it"
            )
        case .option(let option):
            ("is an option of pip and no requirement", [DirectReference.redacting(option)], "name packages and versions only")
        case .channel:
            (
                "names a conda channel, but package indexes have none", [],
                "leave out what stands before '::', or use @conda"
            )
        case .build:
            (
                "names a conda build, but packages of an index have none", [],
                "leave out the second '=' and what follows it, or use @conda"
            )
        case .versionOfReference:
            ("has both a URL and a version", [], "leave out one of them: what the URL gives has one version")
        case .constraint:
            (
                "cannot limit versions", ["a constraint names a package and its versions, without extras and without -e"],
                "write NAME with a version such as '<2', or make it a requirement"
            )
        }
    }
}
