import Clusters
import FlowModel

/// A job as it is submitted.
struct JobSubmission {
    let group: JobGroup
    let options: BatchOptions
    let platform: JobPlatform
    let queue: String
    /// The ARN of the definition.
    let definition: String
    let region: String
    let names: JobNames

    /// What a submission may say besides its definition, in characters: ECS takes no more.
    static let longestOverrides = 8192
    /// What `timeLimit` is where there is none, in seconds: 5 days.
    static let usualTimeLimit = 5 * 24 * 60 * 60
    /// Batch allows no less, in seconds.
    static let shortestTimeLimit = 60

    /// The job of one attempt.
    func job(_ index: Int) throws(ClusterError) -> (name: String, body: [String: JSONValue]) {
        let name = names.name(group: group.key.number, index: index, step: group.step.text)
        var body = common(name, attempt: group.attempts[index])
        body["containerOverrides"] = try overrides(["PENSTOCK_JOB_INDEX": "\(index)"])
        return (name, body)
    }

    /// The one job of all nodes.
    func gang() throws(ClusterError) -> (name: String, body: [String: JSONValue]) {
        let count = group.attempts.count
        let name = names.name(gang: group.key.number, of: count, step: group.step.text)
        var body = common(name, attempt: group.attempts[0])
        let overrides: [String: JSONValue] = [
            "targetNodes": .string(JobDefinition.range(count)), "containerOverrides": try overrides(["PENSTOCK_GANG_SIZE": "\(count)"]),
        ]
        body["nodeOverrides"] = .object(["nodePropertyOverrides": .array([.object(overrides)])])
        return (name, body)
    }

    private func common(_ name: String, attempt: String) -> [String: JSONValue] {
        var body: [String: JSONValue] = [
            "jobName": .string(name), "jobQueue": .string(queue), "jobDefinition": .string(definition),
            // The run's engine knows when to try again.
            "retryStrategy": .object(["attempts": .integer(1)]),
            "timeout": .object(["attemptDurationSeconds": .integer(Self.seconds(group.request.timeLimit))]),
            "parameters": .object(facts(attempt).mapValues(JSONValue.string)), "propagateTags": .bool(true),
        ]
        let tags = tags
        if !tags.isEmpty { body["tags"] = .object(tags.mapValues(JSONValue.string)) }
        return body
    }

    /// In whole seconds, rounded up.
    static func seconds(_ limit: Duration?) -> Int {
        guard let (seconds, parts) = limit?.components else { return usualTimeLimit }
        return Int(seconds) + (parts > 0 ? 1 : 0)
    }

    /// What the job is of, by the names that Metaflow's tools look for.
    private func facts(_ attempt: String) -> [String: String] {
        let parts = attempt.split(separator: "/").map(String.init)
        let run = group.key.run.split(separator: "/").last.map(String.init) ?? group.key.run
        var facts = [
            "metaflow.user": group.username, "metaflow.flow_name": group.flow.text, "metaflow.run_id": run,
            "metaflow.step_name": group.step.text,
        ]
        if parts.count == 3 {
            facts["metaflow.task_id"] = parts[1]
            facts["metaflow.retry_count"] = parts[2]
        }
        return facts.filter { !$0.value.isEmpty }
    }

    private var tags: [String: String] {
        guard options.addsTags else { return options.tags }
        let run = group.key.run.split(separator: "/").last.map(String.init) ?? group.key.run
        let own = [
            "app": "penstock", "metaflow.flow_name": group.flow.text, "metaflow.run_id": run, "metaflow.step_name": group.step.text,
            "metaflow.user": group.username,
        ].mapValues { BatchTags.clean($0, limit: 256) }
        return own.merging(options.tags) { _, persons in persons }
    }

    private func overrides(_ more: [String: String]) throws(ClusterError) -> JSONValue {
        var variables = JobVariables.passed(group.program.variables)
        if variables["AWS_REGION"] == nil, variables["AWS_DEFAULT_REGION"] == nil { variables["AWS_DEFAULT_REGION"] = region }
        if let disk = options.memoryDisk, disk.isForTemporaryFiles { variables["METAFLOW_TEMPDIR"] = disk.path }
        // What a secret gives is not given twice.
        for name in options.secrets.keys { variables[name] = nil }
        variables.merge(more) { _, own in own }
        variables[JobScript.head] = group.program.head
        let environment = variables.sorted { $0.key < $1.key }.map {
            JSONValue.object(["name": .string($0.key), "value": .string($0.value)])
        }
        let overrides = JSONValue.object(["environment": .array(environment), "resourceRequirements": .array(requirements)])
        let length = overrides.json.utf8.count
        guard length <= Self.longestOverrides else {
            throw BatchExecutor.error(
                .refused,
                "the variables of step '\(group.step)' take \(length) characters in a job of AWS Batch, which allows \(Self.longestOverrides)",
                help: "give large values to the step as artifacts or parameters instead of variables")
        }
        return overrides
    }

    private var requirements: [JSONValue] {
        let usual = BatchSettings.usualResources
        let resources = group.request.resources
        var requirements = [
            ("VCPU", processors(resources.cpu ?? usual.cpu ?? 1)), ("MEMORY", "\(resources.memory ?? usual.memory ?? 4096)"),
        ]
        if let gpu = resources.gpu, gpu > 0 { requirements.append(("GPU", "\(gpu)")) }
        return requirements.map { .object(["type": .string($0.0), "value": .string($0.1)]) }
    }

    /// Instances have whole processors.
    private func processors(_ number: Double) -> String {
        if platform == .instances || number == number.rounded() { return "\(Int(number.rounded(.up)))" }
        return "\(number)"
    }
}

/// Which variables of a program go into a job: anybody who may look at jobs can read them.
enum JobVariables {
    private static let kept: Set<String> = [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
        "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_EC2_METADATA_DISABLED",
    ]

    /// Without credentials of AWS and where they come from: the job has a role of its own.
    static func passed(_ variables: [String: String]) -> [String: String] {
        variables.filter { name, _ in
            !kept.contains(name) && !name.hasPrefix("AWS_CONTAINER_") && !name.hasPrefix("AWS_BATCH")
        }
    }
}
