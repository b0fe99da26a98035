package import Diagnostics
import FlowModel

/// An environment could not be had; nothing was run.
package struct StepEnvironmentError: DiagnosticError {
    let steps: [StepName]
    /// Where the first package is asked for.
    let file: String?
    let line: Int?
    let cause: any Error

    package var diagnostic: Diagnostic {
        var diagnostic = (cause as? any DiagnosticError)?.diagnostic ?? Diagnostic(.infrastructure, "\(cause)")
        diagnostic.headline = "the environment of \(subject) could not be made: \(diagnostic.headline.lowercasedFirst)"
        if diagnostic.file == nil {
            diagnostic.file = file
            diagnostic.line = line
        }
        return diagnostic
    }

    /// `step 'train'`, `steps 'train', 'test'`
    private var subject: String {
        (steps.count == 1 ? "step " : "steps ") + steps.map { "'\($0)'" }.joined(separator: ", ")
    }
}

extension String {
    /// For a headline that becomes the end of another one. Names and acronyms stay as they are.
    fileprivate var lowercasedFirst: String {
        guard let first, let second = dropFirst().first, second.isLowercase || second == " " else { return self }
        return first.lowercased() + dropFirst()
    }
}
