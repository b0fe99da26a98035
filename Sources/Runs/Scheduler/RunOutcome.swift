package import Diagnostics
package import FlowModel

/// How a run ended.
package enum RunOutcome: Hashable, Sendable {
    /// The last step finished, in this task.
    case succeeded(TaskKey)
    /// At least one failure, in the order in which they happened.
    case failed([RunFailure])
    /// It was asked to stop.
    case stopped
}

/// Why a run failed.
package enum RunFailure: DiagnosticError, Hashable {
    /// A task failed and has no attempt left.
    case task(TaskKey, AttemptFailure)
    /// A task went elsewhere than the source of its step says.
    case transitionMismatch(TaskKey, step: StepDescription, expected: Transition?, taken: TransitionTaken?)
    /// A foreach has no items, or none that can be counted.
    case noSplits(TaskKey, step: StepDescription)
    /// A foreach has more items than the run allows.
    case tooManySplits(TaskKey, step: StepDescription, splits: Int, limit: Int)
    /// A parallel step would have no nodes.
    case tooFewNodes(TaskKey, step: StepDescription, nodes: Int)
    /// Switches led the branches of a split to different joins: this task to `join`, an earlier one to `other`.
    case partedBranches(TaskKey, join: StepDescription, other: StepName)

    package var key: TaskKey {
        switch self {
        case .task(let key, _), .transitionMismatch(let key, _, _, _), .noSplits(let key, _),
            .tooManySplits(let key, _, _, _), .tooFewNodes(let key, _, _), .partedBranches(let key, _, _):
            key
        }
    }

    package var diagnostic: Diagnostic {
        switch self {
        case .task(let key, let failure):
            Diagnostic(.user, "task \(key) failed: \(failure.message)")
        case .transitionMismatch(let key, let step, let expected, let taken):
            Diagnostic(
                .user, "task \(key) did not go where the source of step '\(step.name)' says", file: step.file,
                line: step.next?.line ?? step.line,
                details: [
                    "the source says: " + (expected?.text ?? "no self.next"),
                    "the task said: " + (taken?.description ?? "no self.next"),
                ],
                help: "let every way through '\(step.name)' end with the self.next of its last line")
        case .noSplits(let key, let step):
            Diagnostic(
                .user, "the foreach of task \(key) has no items", file: step.file,
                line: step.next?.line ?? step.line,
                help: "let '\(step.next?.variable ?? "the variable")' hold at least one item")
        case .tooManySplits(let key, let step, let splits, let limit):
            Diagnostic(
                .user, "the foreach of task \(key) has \(splits) items, more than the \(limit) that are allowed",
                file: step.file, line: step.next?.line ?? step.line,
                help: "run again with --max-num-splits \(splits)")
        case .tooFewNodes(let key, let step, let nodes):
            Diagnostic(
                .user, "task \(key) asks for \(nodes) nodes", file: step.file, line: step.next?.line ?? step.line,
                help: "let num_parallel be 1 or more")
        case .partedBranches(let key, let join, let other):
            Diagnostic(
                .user, "task \(key) leads to the join '\(join.name)', and another branch of the same split to '\(other)'",
                file: join.file, line: join.line,
                help: "let the switches of all branches lead to the same join")
        }
    }
}
