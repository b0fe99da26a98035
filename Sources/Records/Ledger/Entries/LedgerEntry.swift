package import Datastore
package import FlowModel

/// One fact to record about a run.
package enum LedgerEntry: Sendable {
    /// The run exists. The first entry of a run.
    case runBegan(RunBeginning)
    /// The run is over.
    case runEnded(RunEnd)
    /// The code that the run used.
    case codePackage(CodePackageRecord)
    /// What the run can be made again from. The blobs are in the store.
    case snapshot([SnapshotEntry])
    /// A task exists.
    case taskCreated(TaskCreation)
    /// An attempt at a task begins.
    case attemptBegan(AttemptBeginning)
    /// Blobs are in the store: before, or with, the entries that mention their digests.
    case blobs([StoredBlob])
    /// An attempt stored artifacts of its own.
    case artifacts(AttemptKey, [ArtifactEntry])
    /// Metadata of an attempt.
    case metadata(AttemptKey, [MetadataEntry], at: WallTime)
    /// An attempt is over.
    case attemptEnded(AttemptEnd)
    /// A card of an attempt.
    case card(AttemptKey, CardEntry)
    /// What a card of an attempt shows while it runs; the newest counts.
    case cardData(AttemptKey, CardDataEntry)
    /// The person's tags of the run were changed. Only in records of a remote: here, `editTags` changes them.
    case tags(TagEdit)
    /// What tasks had printed was taken out of the log. Only in records of a remote, whose log is changed already.
    case logScrubbed(at: WallTime)
}

/// How a run begins.
package struct RunBeginning: Sendable {
    package var at: WallTime
    package var username: String
    package var userTags: [String]
    package var systemTags: [String]
    package var originRun: RunID?
    /// Metadata that every task of the run shares, recorded once.
    package var metadata: [MetadataEntry]
    package var kind: RunKind
    /// The run's configs as JSON, where it has any.
    package var configuration: String?

    package init(
        at: WallTime, username: String, userTags: [String] = [], systemTags: [String] = [], originRun: RunID? = nil,
        metadata: [MetadataEntry] = [], kind: RunKind = .ordinary, configuration: String? = nil
    ) {
        self.kind = kind
        self.configuration = configuration
        self.at = at
        self.username = username
        self.userTags = userTags
        self.systemTags = systemTags
        self.originRun = originRun
        self.metadata = metadata
    }
}

/// What became of a flow.
package enum RunKind: Int, Sendable, Hashable, Codable {
    /// A run of the whole flow.
    case ordinary = 0
    /// One task that was run again by itself (`spin`); listed apart.
    case spun = 1
}

/// How a run ends.
package struct RunEnd: Sendable, Codable {
    package var at: WallTime
    package var succeeded: Bool
    /// The task of the last step, when it was reached.
    package var endTask: TaskID?

    private enum CodingKeys: String, CodingKey {
        case at, succeeded
        case endTask = "end_task"
    }

    package init(at: WallTime, succeeded: Bool, endTask: TaskID? = nil) {
        self.at = at
        self.succeeded = succeeded
        self.endTask = endTask
    }
}

/// A new task.
package struct TaskCreation: Sendable {
    package var task: TaskID
    package var step: StepName
    package var at: WallTime
    /// The index in the innermost foreach.
    package var index: Int?
    /// The foreach stack as JSON, outermost first; empty outside of a foreach.
    package var frames: String
    /// The tasks it takes its inputs from, in order.
    package var inputs: [TaskID]
    /// The task of another run that it stands for.
    package var origin: TaskOrigin?
    /// The round of a step that goes to itself.
    package var iteration: Int?

    package init(
        task: TaskID, step: StepName, at: WallTime, index: Int? = nil, frames: String = "", inputs: [TaskID] = [],
        origin: TaskOrigin? = nil, iteration: Int? = nil
    ) {
        self.iteration = iteration
        self.task = task
        self.step = step
        self.at = at
        self.index = index
        self.frames = frames
        self.inputs = inputs
        self.origin = origin
    }
}

/// An attempt that begins.
package struct AttemptBeginning: Sendable, Codable {
    package var attempt: AttemptKey
    package var at: WallTime
    /// The attempt whose artifacts this one has beside its own. For a join, the one that holds the parameters.
    package var inherits: AttemptReference?
    /// Where its part of the run's log begins (`RunLogWriter.end`).
    package var logStart: Int64
    /// Whether it stands for the attempt that it inherits from, whose artifacts count as its own.
    package var isClone: Bool

    private enum CodingKeys: String, CodingKey {
        case attempt, at, inherits
        case logStart = "log_start"
        case isClone = "is_clone"
    }

    package init(
        attempt: AttemptKey, at: WallTime, inherits: AttemptReference? = nil, logStart: Int64 = 0, isClone: Bool = false
    ) {
        self.isClone = isClone
        self.attempt = attempt
        self.at = at
        self.inherits = inherits
        self.logStart = logStart
    }
}

/// An attempt that is over.
package struct AttemptEnd: Sendable, Codable {
    package var attempt: AttemptKey
    package var at: WallTime
    package var succeeded: Bool
    /// The exit code of its process, or minus the signal that ended it.
    package var exitStatus: Int32?
    /// The transition it took, as JSON.
    package var transition: String?
    /// What went wrong, as JSON.
    package var exception: String?
    /// Where its part of the run's log ends.
    package var logEnd: Int64
    /// Whether it succeeded only since `@catch` took an exception.
    package var caught: Bool

    private enum CodingKeys: String, CodingKey {
        case attempt, at, succeeded, transition, exception, caught
        case exitStatus = "exit_status"
        case logEnd = "log_end"
    }

    package init(
        attempt: AttemptKey, at: WallTime, succeeded: Bool, exitStatus: Int32? = nil, transition: String? = nil,
        exception: String? = nil, logEnd: Int64 = 0, caught: Bool = false
    ) {
        self.caught = caught
        self.attempt = attempt
        self.at = at
        self.succeeded = succeeded
        self.exitStatus = exitStatus
        self.transition = transition
        self.exception = exception
        self.logEnd = logEnd
    }
}
