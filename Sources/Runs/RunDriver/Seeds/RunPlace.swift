import FoundationEssentials
package import Scheduler
import WorkerProtocol

/// Where a task of a step stands in its run: the same in every run that splits alike.
package struct RunPlace: Hashable, Sendable {
    /// The indices of the foreaches around it, outermost first; -1 for the control task of an unbounded one.
    package var indices: [Int]
    /// The round of a step that goes to itself.
    package var iteration: Int?

    package init(indices: [Int], iteration: Int? = nil) {
        self.indices = indices
        self.iteration = iteration
    }

    package init(of assignment: TaskAssignment) {
        self.init(indices: assignment.frames.map { $0.index ?? -1 }, iteration: assignment.iteration)
    }

    /// - Parameter frames: the foreach stack of a record, as JSON; empty outside of a foreach.
    package init(frames: String, iteration: Int?) {
        var indices: [Int] = []
        if !frames.isEmpty, let messages = try? JSONDecoder().decode([ForeachFrameMessage].self, from: Data(frames.utf8)) {
            indices = messages.map { $0.index ?? -1 }
        }
        self.init(indices: indices, iteration: iteration)
    }

    /// The place of another node of the same parallel step.
    package func beside(_ index: Int) -> RunPlace {
        RunPlace(indices: indices.dropLast() + [index], iteration: iteration)
    }
}
