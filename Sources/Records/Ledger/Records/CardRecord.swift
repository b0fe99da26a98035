package import Datastore
package import FlowModel

/// A recorded card.
package struct CardRecord: Sendable, Hashable {
    package var card: CardEntry
    package var attempt: AttemptNumber
    /// The task that made it: another one than was asked for where that is a clone.
    package var task: TaskKey
    package var step: StepName
}
