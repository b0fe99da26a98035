/// What `@kubernetes` says besides resources, image and executable: how a task is to run on a Kubernetes cluster. What is absent is
/// left to the person's settings (`KubernetesSettings`), then to the cluster.
package struct KubernetesOptions: Hashable, Sendable {
    package enum ImagePullPolicy: String, Hashable, Sendable, CaseIterable {
        case always = "Always"
        case ifNotPresent = "IfNotPresent"
        case never = "Never"
    }

    /// The class of a pod when its node runs short.
    package enum QualityOfService: String, Hashable, Sendable, CaseIterable {
        /// Resources are requested, and may be exceeded.
        case burstable
        /// Requests are limits too.
        case guaranteed
    }

    package enum GPUVendor: String, Hashable, Sendable, CaseIterable {
        case nvidia, amd
    }

    package var namespace: String?
    package var serviceAccount: String?
    package var imagePullPolicy: ImagePullPolicy?
    /// Names of secrets that hold the credentials of registries.
    package var imagePullSecrets: [String] = []
    /// Names of secrets whose members become variables of the task.
    package var secrets: [String] = []
    package var nodeSelector: [String: String] = [:]
    package var tolerations: [KubernetesToleration] = []
    package var labels: [String: String] = [:]
    package var annotations: [String: String] = [:]
    package var gpuVendor: GPUVendor?
    package var tmpfs = TmpfsRequest()
    /// The folders where claims are mounted, by the claims' names.
    package var persistentVolumeClaims: [String: String] = [:]
    package var port: Int?
    /// How long a node of a parallel step waits for the name of the first one, in seconds.
    package var hostNameTimeout: Int?
    package var qualityOfService: QualityOfService?
    /// Quantities by names, as `example.com/fpga: 1`.
    package var extendedResources: [String: String] = [:]
    package var securityContext = KubernetesSecurityContext()

    package init() {}
}

/// A folder in memory: `use_tmpfs`, `tmpfs_size`, `tmpfs_path`, `tmpfs_tempdir`.
package struct TmpfsRequest: Hashable, Sendable {
    package var isWanted = false
    /// Megabytes (2^20 bytes); nothing for half of the task's memory.
    package var size: Int64?
    /// Absolute.
    package var path = "/metaflow_temp"
    /// Whether temporary files go there.
    package var isTemporaryFolder = true

    package init() {}

    /// Naming a size asks for the folder too.
    package var isMounted: Bool { isWanted || size != nil }
}

/// A taint of nodes that a pod puts up with.
package struct KubernetesToleration: Hashable, Sendable {
    /// `Equal`, `Exists` and those that newer clusters have.
    package var `operator`: String?
    package var key: String?
    package var value: String?
    /// `NoSchedule`, `PreferNoSchedule`, `NoExecute`; nothing for all.
    package var effect: String?
    package var seconds: Int?

    package init(
        key: String? = nil, operator: String? = nil, value: String? = nil, effect: String? = nil, seconds: Int? = nil
    ) {
        self.key = key
        self.operator = `operator`
        self.value = value
        self.effect = effect
        self.seconds = seconds
    }
}

/// What a task's container may do.
package struct KubernetesSecurityContext: Hashable, Sendable {
    package var privileged: Bool?
    package var allowsPrivilegeEscalation: Bool?
    package var runsAsUser: Int?
    package var runsAsGroup: Int?
    package var runsAsNonRoot: Bool?
    package var hasReadOnlyRoot: Bool?
    package var addedCapabilities: [String] = []
    package var droppedCapabilities: [String] = []

    package init() {}
}
