import FlowModel

/// What a pod asks of its node.
struct PodResources {
    private let request: ComputeRequest

    init(_ request: ComputeRequest) { self.request = request }

    private var usual: ComputeResources { KubernetesSettings.usualResources }

    /// Megabytes (2^20 bytes).
    var memory: Int64 { request.resources.memory ?? usual.memory ?? 1 }

    var value: JSONValue {
        let options = request.kubernetes
        let asked = [
            "cpu": Self.processors(request.resources.cpu ?? usual.cpu ?? 1), "memory": "\(memory)Mi",
            "ephemeral-storage": "\(request.resources.disk ?? usual.disk ?? 1)Mi",
        ]
        let requests = asked.merging(options.extendedResources) { own, _ in own }
        var limits = options.extendedResources
        if options.qualityOfService == .guaranteed { limits.merge(asked) { _, own in own } }
        if let gpu = request.resources.gpu { limits["\((options.gpuVendor ?? .nvidia).rawValue).com/gpu"] = String(gpu) }
        return .members(["requests": .texts(requests), "limits": limits.isEmpty ? nil : .texts(limits)])
    }

    /// Whole processors, or thousandths, rounded up.
    private static func processors(_ count: Double) -> String {
        let thousandths = Int((min(count, 1e9) * 1000).rounded(.up))
        return thousandths.isMultiple(of: 1000) ? String(thousandths / 1000) : "\(thousandths)m"
    }
}
