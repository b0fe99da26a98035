public import Diagnostics

/// Why a resolution gave no lock.
public enum ResolutionError: Error, Sendable {
    /// There is no set of packages that fulfils what was asked for.
    case noSolution(ResolutionConflict)
    /// The search was given up after so many steps; there may be a solution.
    case gaveUp(steps: Int)
    /// A page or metadata file that is needed could not be had.
    case source(any Error)
    /// The surrounding task was cancelled.
    case cancelled
}

/// The reasoning that ends in "cannot be met", in plain words.
public struct ResolutionConflict: Sendable, Hashable {
    /// One sentence for each step, in reading order. Later ones refer to earlier ones by `(1)`.
    public let sentences: [String]
    /// What a person may do about it, each a phrase such as "check the spelling of …".
    public let advice: [String]

    public init(sentences: [String], advice: [String] = []) {
        self.sentences = sentences
        self.advice = advice
    }
}

extension ResolutionError: DiagnosticError {
    public var diagnostic: Diagnostic {
        switch self {
        case .noSolution(let conflict):
            Diagnostic(
                .user, "No set of packages meets the requirements", details: conflict.sentences,
                help: conflict.advice.isEmpty
                    ? "loosen or leave out one of the requirements" : conflict.advice.joined(separator: "; "))
        case .gaveUp(let steps):
            Diagnostic(
                .user, "The search for versions that go together was given up after \(steps) steps",
                help: "narrow the requirements: exact versions of the large packages help most")
        case .source(let error):
            (error as? any DiagnosticError)?.diagnostic
                ?? Diagnostic(.infrastructure, "A package index could not be read", cause: error)
        case .cancelled: Diagnostic(.infrastructure, "Resolving was cancelled")
        }
    }
}
