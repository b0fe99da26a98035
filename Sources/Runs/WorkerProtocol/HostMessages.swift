package import FlowModel

/// What a worker host says on its channel.
package enum HostMessage: Sendable {
    /// The flow is loaded and described.
    case hello(HostHello)
    /// The flow as the host was configured (`HostCommand.configure`).
    case flow(ConfiguredFlow)
    /// The flow cannot be loaded or configured; the host exits.
    case refused(HostRefusal)
    /// The process of an attempt exists.
    case spawned(Spawned)
    /// The process of an attempt was waited for.
    case exited(Exited)
    /// No process could be made for an attempt.
    case spawnFailed(task: String, message: String)
}

/// The first message of a host: who it is and which flow it holds.
package struct HostHello: Codable, Sendable {
    package struct Fork: Codable, Sendable {
        /// False when a fork of the host would not behave like a fresh process.
        package var safe: Bool
        package var reason: String?
    }

    package struct SDK: Codable, Sendable {
        package var version: String
        /// The folder that holds the `penstock` package.
        package var path: String
        /// The script that starts further hosts.
        package var entry: String
        /// The module by whose name the flow imports the SDK: `penstock` or `metaflow`.
        package var spelling: String?
    }

    package struct Python: Codable, Sendable {
        package var executable: String
        package var version: String
        package var implementation: String
    }

    package var `protocol`: Int
    package var pid: Int32
    package var python: Python
    package var sdk: SDK
    package var flow: FlowDescription
    package var fork: Fork
    /// True when the description is final only after the host was configured.
    package var configure: Bool?

    /// Whether the description is final only after the host was configured.
    package var needsConfiguration: Bool { configure ?? false }
}

/// Why a host could not load its flow.
package struct HostRefusal: Codable, Sendable {
    package var headline: String
    package var traceback: String?
    package var file: String?
    package var line: Int?
    /// True when the command line, or a file that it names, is at fault.
    package var usage: Bool?
    /// What to type or change next.
    package var help: String?
}

/// A process was made for an attempt.
package struct Spawned: Codable, Sendable {
    /// The key that the engine chose in `launch`.
    package var task: String
    package var pid: Int32
    /// True when it is a fresh process and not a fork.
    package var fresh: Bool?
    package var reason: String?
}

/// A process has ended.
package struct Exited: Codable, Sendable {
    package var task: String
    package var pid: Int32
    package var code: Int32?
    package var signal: Int32?
    /// Processor time in seconds.
    package var user: Double?
    package var system: Double?
    /// Peak memory in bytes.
    package var peak: Int64?

    package init(task: String, pid: Int32, code: Int32? = nil, signal: Int32? = nil) {
        self.task = task
        self.pid = pid
        self.code = code
        self.signal = signal
    }
}

extension HostMessage: Decodable {
    private enum Key: String, CodingKey { case type, task, message, `protocol` }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        switch try container.decode(String.self, forKey: .type) {
        case "hello":
            let version = try container.decode(Int.self, forKey: .protocol)
            guard version == workerProtocolVersion else { throw FrameError.version(theirs: version) }
            self = .hello(try HostHello(from: decoder))
        case "flow": self = .flow(try ConfiguredFlow(from: decoder))
        case "refused": self = .refused(try HostRefusal(from: decoder))
        case "spawned": self = .spawned(try Spawned(from: decoder))
        case "exited": self = .exited(try Exited(from: decoder))
        case "spawn-failed":
            self = .spawnFailed(
                task: try container.decode(String.self, forKey: .task),
                message: try container.decode(String.self, forKey: .message))
        case let other: throw container.unknownType(other, key: .type)
        }
    }
}

/// What the engine tells a host.
package enum HostCommand: Sendable {
    /// Settle what the flow's configs, mutators and plug-ins leave open, and describe the flow again.
    case configure(HostConfiguration)
    /// Start a process for one attempt. Its three descriptors travel with the frame.
    case launch(Launch)
    /// Exit when no child is left.
    case shutdown
}

/// How a host makes the process of an attempt.
package enum ForkPolicy: String, Codable, Sendable {
    /// A fork where that is safe, otherwise a fresh process.
    case auto
    case always
    case never
}

/// One process to start.
package struct Launch: Codable, Sendable {
    /// Chosen by the engine; the host repeats it.
    package var task: String
    /// Variables to set before the person's code runs.
    package var environment: [String: String]
    package var fork: ForkPolicy

    package init(task: String, environment: [String: String] = [:], fork: ForkPolicy = .auto) {
        self.task = task
        self.environment = environment
        self.fork = fork
    }
}

extension HostCommand: Encodable {
    private enum Key: String, CodingKey { case type, descriptors }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .configure(let configuration):
            try configuration.encode(to: encoder)
            try container.encode("configure", forKey: .type)
        case .launch(let launch):
            try launch.encode(to: encoder)
            try container.encode("launch", forKey: .type)
            try container.encode(3, forKey: .descriptors)
        case .shutdown:
            try container.encode("shutdown", forKey: .type)
        }
    }
}

extension KeyedDecodingContainer {
    func unknownType(_ type: String, key: Key) -> DecodingError {
        .dataCorruptedError(forKey: key, in: self, debugDescription: "unknown message type '\(type)'")
    }
}
