package import Digests
package import FlowModel

/// A recorded artifact, by reference.
package struct ArtifactReference: Codable, Sendable, Hashable {
    package var digest: SHA256Digest
    /// Bytes before compression.
    package var size: Int64
    /// The Python type.
    package var type: String
    /// How the value was turned into bytes; `pickle-4` when absent.
    package var encoding: String?

    package init(digest: SHA256Digest, size: Int64, type: String, encoding: String? = nil) {
        self.digest = digest
        self.size = size
        self.type = type
        self.encoding = encoding
    }
}

/// One frame of the foreach stack.
package struct ForeachFrameMessage: Codable, Sendable, Hashable {
    /// The step that split.
    package var step: String
    /// The attribute that was split.
    package var variable: String
    /// Absent in an unbounded foreach.
    package var splits: Int?
    /// Absent in the control task of an unbounded foreach.
    package var index: Int?
    /// A text of at most 30 characters that stands for the item.
    package var value: String?

    package init(step: String, variable: String, splits: Int?, index: Int?, value: String? = nil) {
        self.step = step
        self.variable = variable
        self.splits = splits
        self.index = index
        self.value = value
    }
}

/// One of a join's inputs.
package struct JoinInput: Codable, Sendable {
    package var step: String
    package var task: String
    /// The index within the innermost foreach, absent in a static branch.
    package var index: Int?
    package var artifacts: [String: ArtifactReference]

    package init(step: String, task: String, index: Int?, artifacts: [String: ArtifactReference]) {
        self.step = step
        self.task = task
        self.index = index
        self.artifacts = artifacts
    }
}

/// Everything a worker needs to run one attempt (docs/worker-protocol.md, "Assignment").
package struct TaskAssignmentMessage: Codable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case step, parameters
    }

    package struct Inputs: Codable, Sendable {
        package var count: Int
    }

    package struct ForeachSource: Codable, Sendable {
        package var name: String
        package var digest: SHA256Digest
        package var size: Int64
        package var type: String

        package init(name: String, digest: SHA256Digest, size: Int64, type: String) {
            self.name = name
            self.digest = digest
            self.size = size
            self.type = type
        }
    }

    /// The part that a task has in an unbounded foreach.
    package enum UnboundedPart: String, Codable, Sendable {
        case control, mapper
    }

    /// The place of a task among those of a `num_parallel`.
    package struct ParallelPlace: Codable, Sendable {
        package var mainIP: String
        package var nodes: Int
        /// 0 for the control task.
        package var index: Int
        /// The id of the control task.
        package var control: String

        package init(mainIP: String = "127.0.0.1", nodes: Int, index: Int, control: String) {
            self.mainIP = mainIP
            self.nodes = nodes
            self.index = index
            self.control = control
        }

        private enum CodingKeys: String, CodingKey {
            case nodes, index, control
            case mainIP = "main_ip"
        }
    }

    /// What `@project` makes of the flow.
    package struct Project: Codable, Sendable {
        package var name: String
        package var branch: String
        /// The name of the flow within the project.
        package var flow: String
        package var isUserBranch: Bool
        package var isProduction: Bool

        package init(name: String, branch: String, flow: String, isUserBranch: Bool, isProduction: Bool) {
            self.name = name
            self.branch = branch
            self.flow = flow
            self.isUserBranch = isUserBranch
            self.isProduction = isProduction
        }

        private enum CodingKeys: String, CodingKey {
            case name, branch, flow
            case isUserBranch = "is_user_branch"
            case isProduction = "is_production"
        }
    }

    package struct GivenParameters: Codable, Sendable {
        /// The texts that were given on the command line or in the environment, by parameter name.
        package var given: [String: GivenParameter]
    }

    package var `protocol` = workerProtocolVersion
    package var kind: Kind
    package var flow: String
    package var run: String
    package var step: String
    package var task: String
    package var attempt: Int
    package var maxAttempts: Int
    /// How many attempts run the person's code.
    package var userAttempts: Int?
    /// True in an attempt after those: nothing of the person runs, `@catch` stores what is known.
    package var fallback: Bool?
    package var originRun: String?
    package var username: String
    package var namespace: String
    package var tags: [String]
    package var join: Bool
    /// Outermost first.
    package var frames: [ForeachFrameMessage]
    package var foreachSource: ForeachSource?
    package var artifacts: [String: ArtifactReference]
    package var inputs: Inputs
    package var parameters: GivenParameters
    /// A folder for files that are unlinked as soon as they are made.
    package var staging: String
    /// Artifacts above this size, in bytes, go as files.
    package var inlineLimit: Int
    package var datastoreRoot: String
    package var decorators: DecoratorSettings?
    package var project: Project?
    /// The round of a step that goes to itself.
    package var iteration: Int?
    package var unbounded: UnboundedPart?
    package var parallel: ParallelPlace?
    /// What the host was configured with; for processes that are started afresh.
    package var configuration: HostConfiguration?
    /// What started the run.
    package var triggers: [JSONValue]?
    /// A file whose values take the place of inherited ones.
    package var overrides: String?
    /// What the generators of random numbers are seeded with: hexadecimal digits.
    package var seed: String?

    package init(
        kind: Kind, flow: String, run: String, step: String, task: String, attempt: Int, maxAttempts: Int,
        username: String, namespace: String, tags: [String], staging: String, inlineLimit: Int, datastoreRoot: String
    ) {
        self.kind = kind
        self.flow = flow
        self.run = run
        self.step = step
        self.task = task
        self.attempt = attempt
        self.maxAttempts = maxAttempts
        self.username = username
        self.namespace = namespace
        self.tags = tags
        self.join = false
        self.frames = []
        self.artifacts = [:]
        self.inputs = Inputs(count: 0)
        self.parameters = GivenParameters(given: [:])
        self.staging = staging
        self.inlineLimit = inlineLimit
        self.datastoreRoot = datastoreRoot
    }

    private enum CodingKeys: String, CodingKey {
        case `protocol`, kind, flow, run, step, task, attempt, username, namespace, tags, join, frames, artifacts
        case inputs, parameters, staging, fallback, decorators, project, iteration, unbounded, parallel, configuration
        case triggers, overrides, seed
        case maxAttempts = "max_attempts"
        case userAttempts = "user_attempts"
        case originRun = "origin_run"
        case foreachSource = "foreach_source"
        case inlineLimit = "inline_limit"
        case datastoreRoot = "datastore_root"
    }
}
