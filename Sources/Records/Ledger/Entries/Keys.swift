package import FlowModel

/// A run of a flow.
package struct RunKey: Sendable, Hashable {
    package var flow: FlowName
    package var run: RunID

    package init(flow: FlowName, run: RunID) {
        self.flow = flow
        self.run = run
    }
}

/// A task of a run.
package struct TaskKey: Sendable, Hashable {
    package var run: RunKey
    package var task: TaskID

    package init(run: RunKey, task: TaskID) {
        self.run = run
        self.task = task
    }
}

/// An attempt at a task of the run at hand.
package struct AttemptKey: Sendable, Hashable, Codable {
    package var task: TaskID
    package var attempt: AttemptNumber

    package init(task: TaskID, attempt: AttemptNumber) {
        self.task = task
        self.attempt = attempt
    }
}

/// An attempt of the same run, or of another run of the same flow.
package struct AttemptReference: Sendable, Hashable, Codable {
    /// The run, unless it is the one at hand.
    package var run: RunID?
    package var attempt: AttemptKey

    package init(run: RunID? = nil, _ attempt: AttemptKey) {
        self.run = run
        self.attempt = attempt
    }
}
