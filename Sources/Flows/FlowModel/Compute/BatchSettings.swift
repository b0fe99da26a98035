package import Diagnostics
import FoundationEssentials

/// What a person or a site has settled for all tasks on AWS Batch: `PENSTOCK_X`, else `METAFLOW_X`.
package struct BatchSettings: Hashable, Sendable {
    /// What stands in for options that a decorator leaves open: `BATCH_JOB_QUEUE`, `ECS_S3_ACCESS_IAM_ROLE`,
    /// `ECS_FARGATE_EXECUTION_ROLE`. Tags (`BATCH_DEFAULT_TAGS`, a dictionary in JSON) are added to the decorator's.
    package var options = BatchOptions()
    /// `BATCH_CONTAINER_IMAGE`, else `DEFAULT_CONTAINER_IMAGE`.
    package var image: String?
    /// `BATCH_CONTAINER_REGISTRY`, else `DEFAULT_CONTAINER_REGISTRY`: stands before images that name none.
    package var registry: String?

    /// What a task gets where nobody says anything: 1 processor, 4,096 MB of memory.
    package static let usualResources = ComputeResources(cpu: 1, memory: 4096)

    package init() {}

    /// - Parameter environment: the process environment with the settings of files.
    package init(_ environment: [String: String]) throws(BatchSettingError) {
        func variable(_ name: String) -> String? {
            ["PENSTOCK_\(name)", "METAFLOW_\(name)"].first { !(environment[$0] ?? "").isEmpty }
        }
        func setting(_ name: String) -> String? { variable(name).flatMap { environment[$0] } }
        options.queue = setting("BATCH_JOB_QUEUE")
        options.jobRole = setting("ECS_S3_ACCESS_IAM_ROLE")
        options.executionRole = setting("ECS_FARGATE_EXECUTION_ROLE")
        image = setting("BATCH_CONTAINER_IMAGE") ?? setting("DEFAULT_CONTAINER_IMAGE")
        registry = setting("BATCH_CONTAINER_REGISTRY") ?? setting("DEFAULT_CONTAINER_REGISTRY")
        if let variable = variable("BATCH_DEFAULT_TAGS"), let text = environment[variable] {
            options.tags = try Self.tags(text, variable)
        }
        options.addsTags = try Self.truth(variable("BATCH_EMIT_TAGS"), environment) ?? false
        options.hasPublicAddress = try Self.truth(variable("BATCH_ASSIGN_PUBLIC_IP"), environment) ?? true
    }

    private static func tags(_ text: String, _ variable: String) throws(BatchSettingError) -> [String: String] {
        let help = "write a dictionary of texts in JSON: {\"team\": \"pricing\"}"
        guard let tags = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else {
            throw BatchSettingError(variable: variable, value: text, about: nil, help: help)
        }
        for (name, value) in tags.sorted(by: { $0.key < $1.key }) {
            if let problem = BatchTags.problem(name, value) {
                throw BatchSettingError(
                    variable: variable, value: text, about: "and its tag '\(name)' \(problem)", help: "rename the tag, or leave it out")
            }
        }
        return tags
    }

    private static func truth(
        _ variable: String?, _ environment: [String: String]
    ) throws(BatchSettingError) -> Bool? {
        guard let variable, let text = environment[variable] else { return nil }
        switch text.lowercased() {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw BatchSettingError(variable: variable, value: text, about: nil, help: "write True or False")
        }
    }

    /// The image of a task.
    ///
    /// - Parameters:
    ///   - named: what the step asks for.
    ///   - python: the version of the launching Python, `3.11.7`: without an image anywhere the official one of its series is taken.
    package func image(_ named: String?, python: String) -> String {
        ContainerImage.name(named, usual: image, registry: registry, python: python)
    }
}

extension BatchOptions {
    /// With what the settings say where the decorator says nothing.
    package func completed(by settings: BatchSettings) -> BatchOptions {
        let usual = settings.options
        var options = self
        options.queue = queue ?? usual.queue
        options.jobRole = jobRole ?? usual.jobRole
        options.executionRole = executionRole ?? usual.executionRole
        options.tags = usual.tags.merging(tags) { _, own in own }
        options.addsTags = usual.addsTags
        options.hasPublicAddress = usual.hasPublicAddress
        return options
    }
}

/// A setting that cannot be used.
package struct BatchSettingError: DiagnosticError, Hashable {
    package let variable: String
    package let value: String
    let about: String?
    let help: String

    package var diagnostic: Diagnostic {
        Diagnostic(.user, "\(variable) is '\(value)'" + (about.map { ", \($0)" } ?? ""), help: help)
    }
}
