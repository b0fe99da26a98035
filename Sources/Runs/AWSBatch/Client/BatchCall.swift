import FlowModel

/// A question to AWS Batch.
struct BatchCall: Sendable {
    /// As AWS names it: `SubmitJob`.
    let operation: String
    let body: JSONValue
    /// Whether asking twice does no more than asking once.
    let isRepeatable: Bool
    /// What it is for, after "to".
    let purpose: String

    private init(_ operation: String, to purpose: String, isRepeatable: Bool = true, _ body: [String: JSONValue]) {
        self.operation = operation
        self.purpose = purpose
        self.isRepeatable = isRepeatable
        self.body = .object(body)
    }

    var path: String { "/v1/\(operation.lowercased())" }

    static func describeQueue(_ name: String) -> BatchCall {
        BatchCall("DescribeJobQueues", to: "look at the job queue '\(name)'", ["jobQueues": .array([.string(name)])])
    }

    static func describeQueues(after token: String?) -> BatchCall {
        BatchCall("DescribeJobQueues", to: "look at job queues", page(token))
    }

    static func describeEnvironments(_ names: [String]) -> BatchCall {
        BatchCall("DescribeComputeEnvironments", to: "look at compute environments", ["computeEnvironments": .array(names.map(JSONValue.string))])
    }

    static func describeDefinitions(named name: String, after token: String?) -> BatchCall {
        BatchCall(
            "DescribeJobDefinitions", to: "look at job definitions",
            page(token).merging(["jobDefinitionName": .string(name), "status": .string("ACTIVE")]) { own, _ in own })
    }

    /// Twice the same gives two revisions, of which either serves.
    static func register(_ definition: [String: JSONValue]) -> BatchCall {
        BatchCall("RegisterJobDefinition", to: "register a job definition", definition)
    }

    static func submit(_ job: [String: JSONValue]) -> BatchCall {
        BatchCall("SubmitJob", to: "submit a job", isRepeatable: false, job)
    }

    /// Jobs in any state, the newest first.
    ///
    /// - Parameter name: in any case; of those that begin with it, where it ends with `*`.
    static func list(_ queue: String, named name: String, after token: String?) -> BatchCall {
        let filter = JSONValue.object(["name": .string("JOB_NAME"), "values": .array([.string(name)])])
        return BatchCall(
            "ListJobs", to: "list jobs",
            page(token).merging(["jobQueue": .string(queue), "filters": .array([filter])]) { own, _ in own })
    }

    /// - Parameter jobs: 100 at most.
    static func describe(_ jobs: some Collection<String>) -> BatchCall {
        BatchCall("DescribeJobs", to: "look at jobs", ["jobs": .array(jobs.map(JSONValue.string))])
    }

    static func terminate(_ job: String, reason: String) -> BatchCall {
        BatchCall("TerminateJob", to: "end a job", ["jobId": .string(job), "reason": .string(reason)])
    }

    private static func page(_ token: String?) -> [String: JSONValue] {
        ["maxResults": .integer(100)].merging(token.map { ["nextToken": .string($0)] } ?? [:]) { own, _ in own }
    }
}
