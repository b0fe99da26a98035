/// What came of a reproduction, as `--json` prints it.
struct ReproductionReport: Encodable {
    /// `TrainFlow/12`
    var recorded: String
    /// The new run.
    var repeated: String
    var tolerance: Double
    var verdict: Verdict
    /// How the two runs were run.
    var circumstances: [Circumstance]
    /// In the order in which they began.
    var steps: [Step]

    enum Verdict: String, Encodable {
        /// Everything is identical, or equal by value.
        case same
        case different
        /// Nothing is known to differ, but not everything could be compared.
        case unclear
        /// The new run failed where the recorded one did not.
        case failed

        var exitCode: Int32 {
            switch self {
            case .same: 0
            case .different: 3
            case .unclear: 4
            case .failed: 1
            }
        }
    }

    /// Something about how a run was run.
    struct Circumstance: Encodable {
        var name: String
        var recorded: String
        var repeated: String
        var isSame: Bool
    }

    struct Step: Encodable {
        var name: String
        /// Tasks that ran in both runs.
        var tasks: Int
        /// Tasks that were taken over from the recorded run.
        var takenOver: Int
        /// Tasks that one of them lacks, or that ended in another way, in words.
        var problems: [String]
        var artifacts: [Artifact]
    }

    /// An artifact in all tasks of a step.
    struct Artifact: Encodable {
        var name: String
        /// The worst of its results.
        var result: String
        /// How many tasks have each result.
        var counts: [String: Int]
        /// Those that are not identical, the first few.
        var cases: [Case]
        /// Why it differs, as far as could be found.
        var reasons: [Reason]
    }

    struct Case: Encodable {
        /// The step, with the foreach around the task.
        var task: String
        /// Pathspecs of the two tasks.
        var recorded: String
        var repeated: String
        var result: String
        var how: String?
        /// How far apart floats are at most.
        var largest: Double?
    }

    struct Reason: Encodable {
        enum Kind: String, Encodable {
            /// An input differed already.
            case input
            /// The code reads something that differs by itself.
            case chance
            /// The value looks like something that differs by itself.
            case look
            /// How the runs were run differs.
            case circumstance
            /// Nothing was found.
            case unknown
        }

        var kind: Kind
        var text: String
        /// Where in the code, as `flow.py:14`.
        var place: String?
        var code: String?
    }
}
