public import Diagnostics

/// Why a source gave no metadata or no wheel.
///
/// `what` names the source as messages do: `six 1.16.0`, `the folder ./lib`.
public enum SourceBuildError: DiagnosticError {
    /// The archive cannot be unpacked, or is of a form that is not known.
    case archive(what: String, cause: any Error)
    /// The source is no project that can be built, for the reason that follows "cannot be built: ".
    case notAProject(what: String, reason: String, help: String?)
    /// A file of the project cannot be understood.
    case projectFile(what: String, file: String, line: Int?, reason: String)
    /// It is another project or version than it was said to be.
    case otherProject(what: String, found: String)
    /// No packages meet what the build needs.
    case requirements(what: String, requirements: [String], cause: any Error)
    /// What the build needs could not be installed.
    case environment(what: String, cause: any Error)
    /// A hook of the build backend failed.
    case failed(BuildFailure)
    /// The build gave something that it must not.
    case badResult(what: String, hook: String, reason: String, log: String?)
    /// Building needs itself to be built before: each needs the next.
    case cycle([String])
    /// The file could not be fetched.
    case notFetched(what: String, cause: any Error)
    case repository(RepositoryFailure)
    /// No interpreter of this machine can build.
    case interpreter(what: String, cause: any Error)
    /// The operating system refused; `code` is an `errno`.
    case system(operation: String, path: String, code: Int32)
    /// The cache cannot be used.
    case cache(cause: any Error)
    case cancelled
}

/// A hook that did not end well.
public struct BuildFailure: Error, Sendable, Hashable {
    public enum Ending: Sendable, Hashable {
        /// The backend itself cannot be loaded, for this reason.
        case noBackend(name: String, reason: String)
        /// An exception; its traceback is in the output.
        case exception(String)
        case exited(code: Int32)
        case signal(Int32)
        /// It took longer than it may.
        case timedOut(seconds: Int64)
        /// It printed more bytes than anybody can want.
        case printedTooMuch(bytes: Int64)
    }

    /// What was being built.
    public var what: String
    /// `build_wheel`, for one.
    public var hook: String
    public var ending: Ending
    /// The end of its output.
    public var lastLines: [String]
    /// Where all of the output is.
    public var log: String?
    /// What the output shows for certain to be missing.
    public var hint: String?
}

/// Something that Git, or its absence, stands in the way of.
public struct RepositoryFailure: Error, Sendable, Hashable {
    public enum Problem: Sendable, Hashable {
        case noGit
        /// A version control system other than Git.
        case unsupported(String)
        /// Not an address, or one of a kind that is not followed.
        case address(String)
        /// A text that cannot be a revision.
        case malformedRevision(String)
        case noRevision(String)
        case ambiguousRevision(String)
        /// The folder within the repository.
        case noFolder(String)
        case offline
        /// Git failed, with what it said.
        case failed(command: String, output: [String])
    }

    /// Without credentials.
    public var url: String
    public var problem: Problem
}

extension SourceBuildError {
    public var diagnostic: Diagnostic {
        switch self {
        case .archive(let what, let cause):
            Diagnostic(Self.failure(of: cause, else: .user), "The sources of \(what) cannot be unpacked", cause: cause)
        case .notAProject(let what, let reason, let help):
            Diagnostic(.user, "\(what) cannot be built: \(reason)", help: help)
        case .projectFile(let what, let file, let line, let reason):
            Diagnostic(
                .user, "\(file) of \(what) cannot be used: \(reason)", file: file, line: line,
                help: "tell the project that made it, or correct it if it is yours")
        case .otherProject(let what, let found):
            Diagnostic(
                .user, "The sources that are said to be \(what) are \(found)",
                help: "correct the name or version that is asked for, or the address")
        case .requirements(let what, let requirements, let cause):
            Diagnostic(
                Self.failure(of: cause, else: .user), "What building \(what) needs cannot be met",
                details: ["its build needs \(requirements.joined(separator: ", "))"], cause: cause)
        case .environment(let what, let cause):
            Diagnostic(
                Self.failure(of: cause, else: .infrastructure), "What building \(what) needs cannot be installed",
                cause: cause)
        case .failed(let failure): failure.diagnostic
        case .badResult(let what, let hook, let reason, let log):
            Diagnostic(
                .user, "The build of \(what) gave no usable result: \(hook) \(reason)",
                details: log.map { ["its output is in \($0)"] } ?? [],
                help: "tell the project that made it, or choose a version that has a wheel")
        case .cycle(let chain):
            Diagnostic(
                .user, "\(chain.first ?? "A package") cannot be built, since that needs itself to be built",
                details: zip(chain, chain.dropFirst()).map { "building \($0) needs \($1)" },
                help: "allow a wheel of one of them")
        case .notFetched(let what, let cause):
            Diagnostic(Self.failure(of: cause, else: .infrastructure), "\(what) could not be fetched", cause: cause)
        case .repository(let failure): failure.diagnostic
        case .interpreter(let what, let cause):
            Diagnostic(Self.failure(of: cause, else: .user), "There is no Python to build \(what) with", cause: cause)
        case .system(let operation, let path, let code):
            Diagnostic(.infrastructure, "cannot \(operation) \(path): \(SystemText.message(code))")
        case .cache(let cause): Diagnostic(.infrastructure, "the cache cannot be used", cause: cause)
        case .cancelled: Diagnostic(.infrastructure, "Building was cancelled")
        }
    }

    private static func failure(of cause: any Error, else other: FailureClass) -> FailureClass {
        (cause as? any DiagnosticError)?.diagnostic.failure ?? other
    }
}

extension BuildFailure: DiagnosticError {
    public var diagnostic: Diagnostic {
        var details = lastLines.isEmpty ? ["it printed nothing"] : ["the end of its output:"] + lastLines.map { "  \($0)" }
        if let log { details.append("all of it is in \(log)") }
        return Diagnostic(
            .user, "Building \(what) failed: \(hook) \(words)", details: details,
            help: hint ?? "choose a version that has a wheel for this Python, or install what its build needs")
    }

    private var words: String {
        switch ending {
        case .noBackend(let name, let reason): "was not run, since its build backend '\(name)' cannot be loaded: \(reason)"
        case .exception(let text): "ended with \(text)"
        case .exited(let code): "ended with exit code \(code)"
        case .signal(let number): "was ended by signal \(number)"
        case .timedOut(let seconds): "did not end within \(seconds) seconds"
        case .printedTooMuch(let bytes): "printed more than \(bytes >> 20) MiB"
        }
    }
}

extension RepositoryFailure: DiagnosticError {
    public var diagnostic: Diagnostic {
        switch problem {
        case .noGit:
            Diagnostic(
                .user, "\(url) is a Git repository, but there is no git on the search path",
                help: "install Git, or ask for a version that a package index offers")
        case .unsupported(let system):
            Diagnostic(
                .user, "\(url) is a repository of \(system), and only Git is understood",
                help: "ask for a version that a package index offers, or for an archive by its URL")
        case .address(let reason): Diagnostic(.user, "\(url) cannot be used as a repository: \(reason)")
        case .malformedRevision(let revision):
            Diagnostic(.user, "'\(revision)' cannot be a branch, tag or commit of \(url)")
        case .noRevision(let revision):
            Diagnostic(
                .user, "\(url) has no branch, tag or commit '\(revision)'", help: "check what stands behind the '@'")
        case .ambiguousRevision(let revision):
            Diagnostic(
                .user, "several commits of \(url) begin with '\(revision)'", help: "write more digits of the commit")
        case .noFolder(let folder):
            Diagnostic(
                .user, "\(url) has no folder '\(folder)' at that commit", help: "check what stands behind 'subdirectory='")
        case .offline:
            Diagnostic(
                .user, "\(url) would have to be asked, and Penstock works offline",
                help: "name a commit that was used before, or run once with the network switched on")
        case .failed(let command, let output):
            Diagnostic(
                .infrastructure, "\(url) could not be read: git \(command) failed", details: output,
                help: "check the address, the network, and that Git can log in there without asking")
        }
    }
}
