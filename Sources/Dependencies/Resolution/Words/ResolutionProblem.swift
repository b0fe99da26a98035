internal import CondaChannels
internal import Diagnostics
internal import PackageSources

/// Why there is no answer, as `--json` prints it:
/// `{"kind": "unsatisfiable", "explanation": …, "sentences": […], "hints": […]}`.
public struct ResolutionProblem: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, Hashable {
        /// There is no set of packages that fulfils what was asked for.
        case unsatisfiable
        /// A package index could not be reached or read; nothing is said about whether there is an answer.
        case network
        /// The network is switched off, and something that is needed is not in the cache.
        case offline
        /// What was asked for, or a setting, cannot be understood or is not possible.
        case input
        case cancelled
        /// A disk, an interpreter, or other machinery failed.
        case machine
    }

    public var kind: Kind
    /// All of it as a person reads it: the first sentence, then a line for each of `sentences`.
    public var explanation: String
    /// The steps of the reasoning, or further lines; (1) in one of them is the first one.
    public var sentences: [String]
    /// What may be done, each on its own.
    public var hints: [String]

    public init(_ error: any Error) {
        let told = Self.diagnostic(of: error)
        kind = Self.kind(of: error)
        let lines: [String]
        if let conflict = Self.conflict(of: error) {
            (sentences, hints, lines) = (conflict.sentences, conflict.hints, conflict.lines)
        } else {
            sentences = told.details + Self.causes(of: told)
            hints = told.help.map { [$0] } ?? []
            lines = sentences
        }
        let place = told.file.map { "at \($0)" + (told.line.map { ":\($0)" } ?? "") }
        explanation = ([told.headline] + [place].compactMap(\.self) + lines).joined(separator: "\n")
    }

    private static func conflict(of error: any Error) -> ResolutionConflict? {
        switch error {
        case ResolutionError.noSolution(let conflict), CondaResolutionError.noSolution(let conflict): conflict
        default: nil
        }
    }

    private static func diagnostic(of error: any Error) -> Diagnostic {
        (error as? any DiagnosticError)?.diagnostic ?? Diagnostic(.bug, "\(error)")
    }

    private static func kind(of error: any Error) -> Kind {
        switch error {
        case ResolutionError.noSolution, CondaResolutionError.noSolution: .unsatisfiable
        case ResolutionError.source(let cause): kind(of: cause)
        case CondaResolutionError.channel(let cause): kind(of: cause)
        case ResolutionError.cancelled, is CancellationError: .cancelled
        case let error as PackageSourceError: kind(of: error.root)
        case let error as CondaChannelError: kind(of: error)
        case let error as any DiagnosticError: kind(of: error.diagnostic.failure)
        default: .machine
        }
    }

    private static func kind(of failure: FailureClass) -> Kind {
        switch failure {
        case .user, .usage: .input
        case .infrastructure, .bug: .machine
        }
    }

    private static func kind(of error: PackageSourceError) -> Kind {
        switch error.root {
        case .configuration, .unusableAddress, .unknownIndex, .noIndex, .noCacheDirectory, .localFile, .uncheckableHash: .input
        case .cache: .machine
        case .offline: .offline
        case .cancelled: .cancelled
        default: .network
        }
    }

    private static func kind(of error: CondaChannelError) -> Kind {
        switch error {
        case .unreachable(_, _, let cause), .shard(_, _, let cause), .archive(_, _, let cause), .cache(let cause): kind(of: cause)
        case .missing, .broken: .network
        case .unknownHome, .badChannel, .configuration, .notAPackage: .input
        case .cancelled: .cancelled
        }
    }

    private static func causes(of diagnostic: Diagnostic) -> [String] {
        var lines: [String] = []
        var cause = diagnostic.cause
        while let error = cause {
            let told = Self.diagnostic(of: error)
            lines.append("because: \(told.headline)")
            lines += told.details
            cause = told.cause
        }
        return lines
    }
}
