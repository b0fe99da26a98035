import Clusters
import FlowModel

/// The pod of a task: one container that runs the group's script.
struct PodTemplate {
    /// The longest that a task may take where nobody says anything, in seconds: five days.
    private static let usualLimit: Int64 = 5 * 24 * 60 * 60

    let group: JobGroup
    let labels: [String: String]
    let annotations: [String: String]
    /// Variables of this pod.
    let variables: [JSONValue]
    /// Stands before the group's script.
    var prelude = ""
    /// The service in whose domain the pod's host name is.
    var subdomain: String?
    /// The secret with the program's variables.
    let secret: String?

    private var options: KubernetesOptions { group.request.kubernetes }
    private var resources: PodResources { PodResources(group.request) }

    var value: JSONValue {
        .members([
            "metadata": .members(["labels": .texts(labels), "annotations": .texts(annotations)]),
            "spec": .members([
                "restartPolicy": .string("Never"),
                // From the start of the pod, not from its submission: waiting does not count.
                "activeDeadlineSeconds": .integer(Int(max(60, group.request.timeLimit?.components.seconds ?? Self.usualLimit))),
                "terminationGracePeriodSeconds": .integer(30),
                // Variables for all services of a namespace are no business of a task, and there may be thousands.
                "enableServiceLinks": .bool(false),
                "containers": .array([container]),
                "volumes": .list(volumes.map(\.volume)),
                "nodeSelector": options.nodeSelector.isEmpty ? nil : .texts(options.nodeSelector),
                "tolerations": .list(options.tolerations.map(\.manifest)),
                "serviceAccountName": options.serviceAccount.map { .string($0) },
                "imagePullSecrets": .list(options.imagePullSecrets.map { .members(["name": .string($0)]) }),
                "subdomain": subdomain.map { .string($0) },
            ]),
        ])
    }

    private var container: JSONValue {
        .members([
            "name": .string("task"), "image": group.request.image.map { .string($0) },
            "imagePullPolicy": options.imagePullPolicy.map { .string($0.rawValue) },
            "command": .texts(["sh", "-c", JSONValue.escaped(prelude + group.program.script)]),
            "env": .array(variables + workload),
            "envFrom": .list(
                (options.secrets + [secret].compactMap { $0 }).map {
                    .members(["secretRef": .members(["name": .string($0)])])
                }),
            "resources": resources.value,
            "ports": .list([options.port].compactMap { $0 }.map { .members(["containerPort": .integer($0)]) }),
            "volumeMounts": .list(volumes.map(\.mount)),
            "securityContext": options.securityContext.manifest,
            // What a task prints last is all that is known of one that could not report.
            "terminationMessagePolicy": .string("FallbackToLogsOnError"),
        ])
    }

    /// What Metaflow's own tasks find in their environment on Kubernetes.
    private var workload: [JSONValue] {
        let fields = [
            ("METAFLOW_KUBERNETES_NAMESPACE", "metadata.namespace"), ("METAFLOW_KUBERNETES_NODE_IP", "status.hostIP"),
            ("METAFLOW_KUBERNETES_NODE_NAME", "spec.nodeName"), ("METAFLOW_KUBERNETES_POD_ID", "metadata.uid"),
            ("METAFLOW_KUBERNETES_POD_IP", "status.podIP"),
            ("METAFLOW_KUBERNETES_POD_NAME", "metadata.name"), ("METAFLOW_KUBERNETES_POD_NAMESPACE", "metadata.namespace"),
            ("METAFLOW_KUBERNETES_SERVICE_ACCOUNT_NAME", "spec.serviceAccountName"),
        ]
        let folder = options.tmpfs.isMounted && options.tmpfs.isTemporaryFolder ? options.tmpfs.path : nil
        return [.variable("METAFLOW_KUBERNETES_WORKLOAD", "1"), .variable("METAFLOW_RUNTIME_ENVIRONMENT", "kubernetes")]
            + [folder].compactMap { $0 }.map { .variable("METAFLOW_TEMPDIR", $0) }
            + fields.map { .variable($0, field: $1) }
    }

    private var volumes: [PodVolume] {
        var volumes: [PodVolume] = []
        if options.tmpfs.isMounted {
            volumes.append(.memory("tmpfs", at: options.tmpfs.path, megabytes: options.tmpfs.size ?? max(1, resources.memory / 2)))
        }
        if let size = group.request.resources.sharedMemory, size > 0 {
            volumes.append(.memory("shared-memory", at: "/dev/shm", megabytes: size))
        }
        for (number, claim) in options.persistentVolumeClaims.sorted(by: { $0.key < $1.key }).enumerated() {
            volumes.append(.claim("claim-\(number)", claim.key, at: claim.value))
        }
        return volumes
    }
}

/// A volume and the folder of the container where it is mounted.
private struct PodVolume {
    let volume: JSONValue
    let mount: JSONValue

    private init(_ name: String, at path: String, _ kind: String, _ source: JSONValue) {
        volume = .members(["name": .string(name), kind: source])
        mount = .members(["name": .string(name), "mountPath": .string(path)])
    }

    static func memory(_ name: String, at path: String, megabytes: Int64) -> PodVolume {
        PodVolume(
            name, at: path, "emptyDir", .members(["medium": .string("Memory"), "sizeLimit": .string("\(megabytes)Mi")]))
    }

    static func claim(_ name: String, _ claim: String, at path: String) -> PodVolume {
        PodVolume(name, at: path, "persistentVolumeClaim", .members(["claimName": .string(claim)]))
    }
}

extension KubernetesToleration {
    fileprivate var manifest: JSONValue {
        .members([
            "key": key.map { .string($0) }, "operator": self.operator.map { .string($0) }, "value": value.map { .string($0) },
            "effect": effect.map { .string($0) }, "tolerationSeconds": seconds.map { .integer($0) },
        ])
    }
}

extension KubernetesSecurityContext {
    /// Nothing where nothing is asked for.
    fileprivate var manifest: JSONValue? {
        guard self != KubernetesSecurityContext() else { return nil }
        let capabilities: [String: JSONValue?] = [
            "add": addedCapabilities.isEmpty ? nil : .texts(addedCapabilities),
            "drop": droppedCapabilities.isEmpty ? nil : .texts(droppedCapabilities),
        ]
        return .members([
            "privileged": privileged.map { .bool($0) },
            "allowPrivilegeEscalation": allowsPrivilegeEscalation.map { .bool($0) },
            "runAsUser": runsAsUser.map { .integer($0) }, "runAsGroup": runsAsGroup.map { .integer($0) },
            "runAsNonRoot": runsAsNonRoot.map { .bool($0) }, "readOnlyRootFilesystem": hasReadOnlyRoot.map { .bool($0) },
            "capabilities": capabilities.values.contains { $0 != nil } ? .members(capabilities) : nil,
        ])
    }
}
