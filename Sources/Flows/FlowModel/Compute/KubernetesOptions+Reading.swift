extension KubernetesOptions {
    /// The attributes of `@kubernetes` that are read here; `cpu`, `gpu`, `memory`, `disk`, `shared_memory`, `image` and `executable` are
    /// read like those of every cluster.
    static let attributes = """
        image_pull_policy image_pull_secrets service_account secrets node_selector namespace gpu_vendor tolerations labels annotations \
        persistent_volume_claims port compute_pool hostname_resolution_timeout qos extended_resources security_context use_tmpfs \
        tmpfs_tempdir tmpfs_size tmpfs_path
        """

    /// Where a compute pool is written in node selectors.
    private static let computePool = "outerbounds.co/compute-pool"

    /// Reads `@kubernetes`; what is wrong is told. Resources, image and executable are left to others.
    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        self.init()
        func read<Value>(
            _ attribute: String, _ findings: inout [FlowFinding], _ form: (JSONValue) throws(KubernetesFormFault) -> Value
        ) -> Value? {
            guard let value = site[attribute], !Self.isNothing(value, attribute) else { return nil }
            do throws(KubernetesFormFault) {
                return try form(value)
            } catch {
                let about = error.about.map { ", \($0)" } ?? ""
                findings.append(site.finding("has \(attribute)=\(value)\(about)", help: error.help))
                return nil
            }
        }
        namespace = read("namespace", &findings, KubernetesForms.namespace)
        serviceAccount = read("service_account", &findings, KubernetesForms.name)
        imagePullPolicy = read("image_pull_policy", &findings, KubernetesForms.imagePullPolicy)
        imagePullSecrets = read("image_pull_secrets", &findings, KubernetesForms.names) ?? []
        secrets = read("secrets", &findings, KubernetesForms.names) ?? []
        nodeSelector = read("node_selector", &findings, KubernetesForms.selector) ?? [:]
        tolerations = read("tolerations", &findings, KubernetesForms.tolerations) ?? []
        labels = read("labels", &findings) { value throws(KubernetesFormFault) in try KubernetesForms.labels(value) } ?? [:]
        annotations = read("annotations", &findings, KubernetesForms.annotations) ?? [:]
        gpuVendor = read("gpu_vendor", &findings, KubernetesForms.gpuVendor)
        persistentVolumeClaims = read("persistent_volume_claims", &findings, KubernetesForms.claims) ?? [:]
        port = read("port", &findings, KubernetesForms.port)
        hostNameTimeout = read("hostname_resolution_timeout", &findings, KubernetesForms.seconds)
        qualityOfService = read("qos", &findings, KubernetesForms.qualityOfService)
        extendedResources = read("extended_resources", &findings, KubernetesForms.extendedResources) ?? [:]
        securityContext = read("security_context", &findings, KubernetesForms.securityContext) ?? KubernetesSecurityContext()
        tmpfs.isWanted = site.truth("use_tmpfs", &findings) ?? false
        tmpfs.isTemporaryFolder = site.truth("tmpfs_tempdir", &findings) ?? true
        tmpfs.size = read("tmpfs_size", &findings, KubernetesForms.megabytes)
        tmpfs.path = read("tmpfs_path", &findings, KubernetesForms.absolutePath) ?? tmpfs.path
        if let pool = read("compute_pool", &findings, KubernetesForms.labelValue) { nodeSelector[Self.computePool] = pool }
        if tmpfs.isMounted, persistentVolumeClaims.values.contains(tmpfs.path) {
            findings.append(
                site.finding("mounts a claim and the folder in memory at \(tmpfs.path)", help: "give each a path of its own"))
        }
    }

    /// An empty text, list or dictionary is as good as nothing.
    private static func isNothing(_ value: JSONValue, _ attribute: String) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let values): values.isEmpty
        case .object(let members): members.isEmpty
        case .bool, .integer, .number: false
        }
    }
}

extension KubernetesForms {
    static func imagePullPolicy(_ value: JSONValue) throws(KubernetesFormFault) -> KubernetesOptions.ImagePullPolicy {
        guard case .string(let text) = value, let policy = KubernetesOptions.ImagePullPolicy(rawValue: text) else {
            throw KubernetesFormFault(help: "use Always, IfNotPresent or Never")
        }
        return policy
    }

    static func gpuVendor(_ value: JSONValue) throws(KubernetesFormFault) -> KubernetesOptions.GPUVendor {
        guard case .string(let text) = value, let vendor = KubernetesOptions.GPUVendor(rawValue: text.lowercased()) else {
            throw KubernetesFormFault(help: "use nvidia or amd; others are asked for by extended_resources={'example.com/gpu': '1'}")
        }
        return vendor
    }

    static func qualityOfService(_ value: JSONValue) throws(KubernetesFormFault) -> KubernetesOptions.QualityOfService {
        guard case .string(let text) = value, let quality = KubernetesOptions.QualityOfService(rawValue: text.lowercased()) else {
            throw KubernetesFormFault(help: "use burstable or guaranteed")
        }
        return quality
    }

    static func port(_ value: JSONValue) throws(KubernetesFormFault) -> Int {
        guard let number = value.wholeNumber, (1...65535).contains(number) else {
            throw KubernetesFormFault(help: "use a number from 1 to 65535")
        }
        return number
    }

    static func seconds(_ value: JSONValue) throws(KubernetesFormFault) -> Int {
        guard let number = value.wholeNumber, (1...Int(Int32.max)).contains(number) else {
            throw KubernetesFormFault(help: "use a whole number of seconds, at least 1")
        }
        return number
    }

    static func megabytes(_ value: JSONValue) throws(KubernetesFormFault) -> Int64 {
        guard let number = value.wholeNumber, (1...(1 << 40)).contains(number) else {
            throw KubernetesFormFault(help: "use a whole number of megabytes, at least 1")
        }
        return Int64(number)
    }

    static func absolutePath(_ value: JSONValue) throws(KubernetesFormFault) -> String {
        guard case .string(let text) = value, text.hasPrefix("/"), text != "/", !text.contains(":") else {
            throw KubernetesFormFault(help: "use an absolute path, as '/scratch'")
        }
        return text
    }

    static func labelValue(_ value: JSONValue) throws(KubernetesFormFault) -> String {
        guard case .string(let text) = value, KubernetesSyntax.isLabelValue(text) else { throw KubernetesFormFault(help: labelHelp) }
        return text
    }
}
