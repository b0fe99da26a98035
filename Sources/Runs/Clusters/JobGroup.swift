package import FlowModel

/// Names a group of jobs for all time: submitting the same key twice gives one set of jobs.
package struct JobGroupKey: Hashable, Sendable, Codable, CustomStringConvertible {
    /// `TrainFlow/1763900000000000`
    package var run: String
    /// Within the run, from 0.
    package var number: Int

    package init(run: String, number: Int) {
        self.run = run
        self.number = number
    }

    /// `TrainFlow/1763900000000000/7`
    package var description: String { "\(run)/\(number)" }
}

/// Jobs of one step that are alike but for their index.
package struct JobGroup: Sendable {
    package var key: JobGroupKey
    package var flow: FlowName
    package var step: StepName
    package var username: String
    /// The attempt of each job, as `step/task/attempt`; the index of a job is its place here. At least one.
    package var attempts: [String]
    /// Whether the jobs are the nodes of one parallel step: they start together or not at all, the first is the control task's, and
    /// each is told where the first one runs.
    package var isGang: Bool
    package var request: ComputeRequest
    package var program: NodeProgram
    /// Whether nobody can have submitted it before: the cluster need not be asked for earlier jobs of its key.
    package var isNew = false

    package init(
        key: JobGroupKey, flow: FlowName, step: StepName, username: String, attempts: [String], isGang: Bool = false,
        request: ComputeRequest, program: NodeProgram
    ) {
        self.key = key
        self.flow = flow
        self.step = step
        self.username = username
        self.attempts = attempts
        self.isGang = isGang
        self.request = request
        self.program = program
    }
}

/// What the jobs of a group run.
///
/// Each job gets, besides `variables`: `PENSTOCK_JOB_INDEX`, its place in the group; in a gang also `MF_PARALLEL_MAIN_IP`, the
/// host name or address of the first node.
package struct NodeProgram: Sendable {
    /// The first lines of the script: what is particular to the group.
    package var head: String
    /// The rest, which may be alike in many groups: executors that keep definitions of jobs keep it there.
    package var body: String
    /// Variables that the job needs. Values may be secret: they go through the scheduler's own means, never onto command lines.
    package var variables: [String: String]

    package init(script: String, variables: [String: String] = [:]) { self.init(head: "", body: script, variables: variables) }

    /// - Parameter head: whole lines, with the end of the last one.
    package init(head: String, body: String, variables: [String: String] = [:]) {
        self.head = head
        self.body = body
        self.variables = variables
    }

    /// A script for a POSIX shell, a few kilobytes; nothing secret is in it. It can be given to `sh -c`, or stand in a file that begins
    /// with `#!/bin/sh`. It passes signals on, and ends as the attempt's process group is to be understood: 0 when a report was
    /// published, whatever that says; otherwise see `NodeExit`.
    package var script: String { head + body }
}

/// Exit codes of a job that could not publish a report.
package enum NodeExit {
    /// Neither curl, wget nor python3 is there, and the datastore is not mounted.
    package static let noFetcher: Int32 = 91
    /// The engine could not be fetched.
    package static let noEngine: Int32 = 92
    /// What was fetched is not the engine: its digest is another one.
    package static let wrongEngine: Int32 = 93
    /// The engine cannot run on this node.
    package static let engineDoesNotRun: Int32 = 94
    /// The datastore could not be read or written.
    package static let noDatastore: Int32 = 95
    /// The node's cache could not be used.
    package static let noCache: Int32 = 96
    /// The node has nothing that makes SHA-256 digests: the engine cannot be checked.
    package static let noDigests: Int32 = 97

    /// In words, one sentence without a period; `nil` for codes of others.
    package static func sentence(_ code: Int32) -> String? {
        switch code {
        case noFetcher: "the node has neither curl, wget nor python3, and the datastore is not mounted there"
        case noEngine: "the node could not fetch the engine"
        case wrongEngine: "what the node fetched is not the engine: its digest is another one"
        case engineDoesNotRun: "the engine does not run on the node"
        case noDatastore: "the node could not reach the datastore"
        case noCache: "the node has no folder for its cache"
        case noDigests: "the node has no program that makes SHA-256 digests, and the engine cannot be checked"
        default: nil
        }
    }
}
