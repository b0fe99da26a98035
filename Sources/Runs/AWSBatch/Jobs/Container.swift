import FlowModel

/// The container of a job, as its definition says it.
struct Container {
    let options: BatchOptions
    let platform: JobPlatform
    /// Whether the job has several nodes.
    let isOneOfMany: Bool

    func properties(image: String, command: [String], memory: Int64, sharedMemory: Int64?) -> [String: JSONValue] {
        var container: [String: JSONValue] = [
            "image": .string(image), "command": .array(command.map(JSONValue.string)),
            // Each job says what it really needs.
            "resourceRequirements": .array([
                .object(["type": .string("VCPU"), "value": .string("1")]), .object(["type": .string("MEMORY"), "value": .string("4096")]),
            ]),
        ]
        container["jobRoleArn"] = options.jobRole.map(JSONValue.string)
        container["executionRoleArn"] = options.executionRole.map(JSONValue.string)
        if options.isPrivileged { container["privileged"] = .bool(true) }
        if platform == .fargate {
            container["networkConfiguration"] = .object(["assignPublicIp": .string(options.hasPublicAddress ? "ENABLED" : "DISABLED")])
            if let size = options.ephemeralStorage { container["ephemeralStorage"] = .object(["sizeInGiB": .integer(size)]) }
        } else {
            let linux = linuxParameters(memory, sharedMemory)
            if !linux.isEmpty { container["linuxParameters"] = .object(linux) }
        }
        addVolumes(to: &container)
        if options.logDriver != nil || !options.logOptions.isEmpty {
            container["logConfiguration"] = .object([
                "logDriver": .string(options.logDriver ?? "awslogs"), "options": .object(options.logOptions.mapValues(JSONValue.string)),
            ])
        }
        if !options.secrets.isEmpty {
            container["secrets"] = .array(
                options.secrets.sorted { $0.key < $1.key }.map {
                    .object(["name": .string($0.key), "valueFrom": .string($0.value)])
                })
        }
        return container
    }

    private func linuxParameters(_ memory: Int64, _ sharedMemory: Int64?) -> [String: JSONValue] {
        var linux: [String: JSONValue] = [:]
        linux["sharedMemorySize"] = sharedMemory.map { .integer(Int($0)) }
        linux["maxSwap"] = options.maxSwap.map { .integer(Int($0)) }
        linux["swappiness"] = options.swappiness.map { .integer($0) }
        if let disk = options.memoryDisk {
            let size = disk.size ?? max(1, memory / 2)
            linux["tmpfs"] = .array([
                .object([
                    "containerPath": .string(disk.path), "size": .integer(Int(size)), "mountOptions": .array([.string("defaults")]),
                ])
            ])
        }
        let devices = devices
        if !devices.isEmpty { linux["devices"] = .array(devices) }
        return linux
    }

    private var devices: [JSONValue] {
        let neuron = (0..<options.neuronDevices).map { Self.device("/dev/neuron\($0)", ["READ", "WRITE"]) }
        guard options.networkAdapters > 0 else { return neuron }
        // A job with one node has the first adapter; of several nodes, each has as many as it asks for.
        guard isOneOfMany else { return neuron + [.object(["hostPath": .string("/dev/infiniband/uverbs0")])] }
        return neuron + (0..<options.networkAdapters).map { Self.device("/dev/infiniband/uverbs\($0)", ["READ", "WRITE", "MKNOD"]) }
    }

    private static func device(_ path: String, _ permissions: [String]) -> JSONValue {
        .object([
            "hostPath": .string(path), "containerPath": .string(path), "permissions": .array(permissions.map(JSONValue.string)),
        ])
    }

    private func addVolumes(to container: inout [String: JSONValue]) {
        let hosts = options.hostVolumes.enumerated().map { number, volume in
            (name: "host\(number)", path: volume.path, source: ["host": JSONValue.object(["sourcePath": .string(volume.source)])])
        }
        let shared = options.sharedVolumes.enumerated().map { number, volume in
            let file: [String: JSONValue] = ["fileSystemId": .string(volume.source), "transitEncryption": .string("ENABLED")]
            return (name: "efs\(number)", path: volume.path, source: ["efsVolumeConfiguration": JSONValue.object(file)])
        }
        let all = hosts + shared
        guard !all.isEmpty else { return }
        container["volumes"] = .array(all.map { .object($0.source.merging(["name": .string($0.name)]) { own, _ in own }) })
        container["mountPoints"] = .array(
            all.map { .object(["sourceVolume": .string($0.name), "containerPath": .string($0.path)]) })
    }
}
