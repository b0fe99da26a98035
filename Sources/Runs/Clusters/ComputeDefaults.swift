package import Diagnostics
package import FlowModel

/// What a person's settings, and Penstock itself, say about jobs where decorators say nothing.
///
/// | | Slurm | Kubernetes | AWS Batch |
/// |---|---|---|---|
/// | image | none | the step's, `KUBERNETES_CONTAINER_IMAGE`, `DEFAULT_CONTAINER_IMAGE`, `python:X.Y` | the same with `BATCH_` |
/// | cpu, memory, disk | the site's own | `KUBERNETES_CPU` and others, else 1, 4096 MB, 10240 MB | 1, 4096 MB |
/// | time limit | the site's own | `DEFAULT_RUNTIME_LIMIT`, else five days | the same |
package struct ComputeDefaults {
    private static let usualTimeLimit = Duration.seconds(5 * 24 * 60 * 60)

    private let environment: [String: String]
    private let python: String

    /// - Parameters:
    ///   - environment: the process environment with the settings of files.
    ///   - python: the version of the Python that launched the flow, as `3.11.7`.
    package init(environment: [String: String], python: String) {
        self.environment = environment
        self.python = python
    }

    /// What a request comes to.
    ///
    /// - Throws: `ComputeSettingError`, `KubernetesSettingError` or `BatchSettingError`, for settings that count here and cannot be used.
    package func completed(_ request: ComputeRequest) throws -> ComputeRequest {
        var request = request
        switch request.place {
        case .slurm: return request
        case .kubernetes(let options):
            let settings = try KubernetesSettings(environment)
            request.place = .kubernetes(options.completed(by: settings))
            let own = request.ownResources.filled(from: settings.resources).filled(from: KubernetesSettings.usualResources)
            request.resources = own.merged(with: request.resources)
            request.image = settings.image(request.image, python: python)
        case .batch(let options):
            let settings = try BatchSettings(environment)
            request.place = .batch(options.completed(by: settings))
            request.resources = request.resources.filled(from: BatchSettings.usualResources)
            request.image = settings.image(request.image, python: python)
        }
        request.timeLimit = try request.timeLimit ?? timeLimit()
        return request
    }

    private func timeLimit() throws(ComputeSettingError) -> Duration {
        guard let text = setting("DEFAULT_RUNTIME_LIMIT") else { return Self.usualTimeLimit }
        guard let seconds = Int(text), (60...Int(Int32.max)).contains(seconds) else {
            throw ComputeSettingError(name: "DEFAULT_RUNTIME_LIMIT", value: text, help: "write a whole number of seconds, at least 60")
        }
        return .seconds(seconds)
    }

    /// `PENSTOCK_NAME`, else `METAFLOW_NAME`; an empty one is none.
    private func setting(_ name: String) -> String? {
        ["PENSTOCK_\(name)", "METAFLOW_\(name)"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
}

/// A setting about jobs that cannot be used.
package struct ComputeSettingError: DiagnosticError, Hashable {
    /// Without `PENSTOCK_` or `METAFLOW_`.
    package let name: String
    package let value: String
    let help: String

    package var diagnostic: Diagnostic { Diagnostic(.user, "METAFLOW_\(name) is '\(value)'", help: help) }
}
