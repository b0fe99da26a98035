package import Diagnostics
import FoundationEssentials

/// What a person or a site has settled for all tasks on Kubernetes: `PENSTOCK_KUBERNETES_X`, else `METAFLOW_KUBERNETES_X`.
package struct KubernetesSettings: Hashable, Sendable {
    /// What stands in for options that a decorator leaves open. Labels, annotations and secrets are added to the decorator's.
    package var options = KubernetesOptions()
    /// What stands in for resources that nobody asks for: `…_CPU`, `…_MEMORY`, `…_DISK`, `…_SHARED_MEMORY`.
    package var resources = ComputeResources()
    /// `…_CONTAINER_IMAGE`, else `DEFAULT_CONTAINER_IMAGE`.
    package var image: String?
    /// `…_CONTAINER_REGISTRY`, else `DEFAULT_CONTAINER_REGISTRY`: stands before images that name none.
    package var registry: String?
    /// How long a job that has ended is kept by the cluster, in seconds: `…_JOB_TTL_SECONDS_AFTER_FINISHED`.
    package var secondsKept = 7 * 24 * 60 * 60

    /// What a task gets where nobody says anything: 1 processor, 4,096 MB of memory, 10,240 MB of disk.
    package static let usualResources = ComputeResources(cpu: 1, memory: 4096, disk: 10240)

    package init() {}

    /// - Parameter environment: the process environment with the settings of files.
    package init(_ environment: [String: String]) throws(KubernetesSettingError) {
        let reader = KubernetesSettingReader(environment)
        options.namespace = try reader.read("NAMESPACE", KubernetesForms.namespace)
        options.serviceAccount = try reader.read("SERVICE_ACCOUNT", KubernetesForms.name)
        options.nodeSelector = try reader.read("NODE_SELECTOR", KubernetesForms.selector) ?? [:]
        options.tolerations = try reader.read("TOLERATIONS", asJSON: true, KubernetesForms.tolerations) ?? []
        options.persistentVolumeClaims = try reader.read("PERSISTENT_VOLUME_CLAIMS", asJSON: true, KubernetesForms.claims) ?? [:]
        options.secrets = try reader.read("SECRETS", KubernetesForms.names) ?? []
        options.labels =
            try reader.read("LABELS") { value throws(KubernetesFormFault) in try KubernetesForms.labels(value) } ?? [:]
        options.annotations = try reader.read("ANNOTATIONS", KubernetesForms.annotations) ?? [:]
        options.gpuVendor = try reader.read("GPU_VENDOR", KubernetesForms.gpuVendor)
        options.imagePullPolicy = try reader.read("IMAGE_PULL_POLICY", KubernetesForms.imagePullPolicy)
        options.imagePullSecrets = try reader.read("IMAGE_PULL_SECRETS", asJSON: true, KubernetesForms.names) ?? []
        options.port = try reader.read("PORT", KubernetesForms.port)
        options.qualityOfService = try reader.read("QOS", KubernetesForms.qualityOfService)
        resources.cpu = try reader.read("CPU", KubernetesForms.processors)
        resources.memory = try reader.read("MEMORY", KubernetesForms.megabytes)
        resources.disk = try reader.read("DISK", KubernetesForms.megabytes)
        resources.sharedMemory = try reader.read("SHARED_MEMORY", KubernetesForms.megabytes)
        secondsKept = try reader.read("JOB_TTL_SECONDS_AFTER_FINISHED", KubernetesForms.seconds) ?? secondsKept
        image = reader["KUBERNETES_CONTAINER_IMAGE"] ?? reader["DEFAULT_CONTAINER_IMAGE"]
        registry = reader["KUBERNETES_CONTAINER_REGISTRY"] ?? reader["DEFAULT_CONTAINER_REGISTRY"]
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

extension KubernetesOptions {
    /// With what the settings say where the decorator says nothing.
    package func completed(by settings: KubernetesSettings) -> KubernetesOptions {
        let usual = settings.options
        var options = self
        options.namespace = namespace ?? usual.namespace
        options.serviceAccount = serviceAccount ?? usual.serviceAccount
        options.imagePullPolicy = imagePullPolicy ?? usual.imagePullPolicy
        options.imagePullSecrets = imagePullSecrets.isEmpty ? usual.imagePullSecrets : imagePullSecrets
        options.secrets = secrets + usual.secrets.filter { !secrets.contains($0) }
        options.nodeSelector = nodeSelector.isEmpty ? usual.nodeSelector : nodeSelector
        options.tolerations = tolerations.isEmpty ? usual.tolerations : tolerations
        options.labels = usual.labels.merging(labels) { _, own in own }
        options.annotations = usual.annotations.merging(annotations) { _, own in own }
        options.gpuVendor = gpuVendor ?? usual.gpuVendor
        options.persistentVolumeClaims = persistentVolumeClaims.isEmpty ? usual.persistentVolumeClaims : persistentVolumeClaims
        options.port = port ?? usual.port
        options.qualityOfService = qualityOfService ?? usual.qualityOfService
        return options
    }
}

extension KubernetesForms {
    static func processors(_ value: JSONValue) throws(KubernetesFormFault) -> Double {
        guard let number = value.anyNumber, number > 0, number < 1e6 else {
            throw KubernetesFormFault(help: "use a number that is greater than 0")
        }
        return number
    }
}

/// Looks settings up.
private struct KubernetesSettingReader {
    let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    /// The value of `PENSTOCK_X` or `METAFLOW_X`; an empty one is none.
    subscript(name: String) -> String? {
        variable(name).flatMap { environment[$0] }
    }

    private func variable(_ name: String) -> String? {
        ["PENSTOCK_\(name)", "METAFLOW_\(name)"].first { !(environment[$0] ?? "").isEmpty }
    }

    func read<Value>(
        _ name: String, asJSON: Bool = false, _ form: (JSONValue) throws(KubernetesFormFault) -> Value
    ) throws(KubernetesSettingError) -> Value? {
        guard let variable = variable("KUBERNETES_\(name)"), let text = environment[variable] else { return nil }
        var value = JSONValue.string(text)
        // A dictionary or a list may stand as JSON for every setting; some have no other form.
        if asJSON || text.hasPrefix("{") || text.hasPrefix("["), let decoded = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) {
            value = decoded
        }
        do throws(KubernetesFormFault) {
            return try form(value)
        } catch {
            let isJSON = asJSON && value == .string(text)
            throw KubernetesSettingError(
                variable: variable, value: text, about: error.about, help: isJSON ? "\(error.help), as JSON" : error.help)
        }
    }
}

/// A setting that cannot be used.
package struct KubernetesSettingError: DiagnosticError, Hashable {
    package let variable: String
    package let value: String
    let about: String?
    let help: String

    package var diagnostic: Diagnostic {
        Diagnostic(.user, "\(variable) is '\(value)'" + (about.map { ", \($0)" } ?? ""), help: help)
    }
}
