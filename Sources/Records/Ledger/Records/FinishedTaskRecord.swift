package import FlowModel

/// A task whose newest finished attempt succeeded, as a run that resumes needs to know it.
package struct FinishedTaskRecord: Sendable, Hashable {
    package var task: TaskID
    package var step: StepName
    /// The attempt that succeeded.
    package var attempt: AttemptNumber
    /// The foreach stack as JSON; empty outside of a foreach.
    package var frames: String
    /// The round of a step that goes to itself.
    package var iteration: Int?
    /// What the attempt's result said, as JSON.
    package var outcome: String?
}
