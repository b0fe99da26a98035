package import FlowModel

/// An assignment outside of the graph (docs/worker-protocol.md, "Errands"): something small that only a worker can do.
package struct ErrandRequest: Encodable, Sendable {
    package enum Job: Sendable {
        /// Call a function that `@exit_hook` names, after the run.
        case hook(function: String, successful: Bool)
        /// Make a card for a recorded task.
        case card(CardOrder)
    }

    package var job: Job
    package var flow: String
    /// The run, or the task that a card is for.
    package var path: Pathspec
    package var username: String
    package var namespace: String
    package var staging: String
    package var inlineLimit: Int
    package var datastoreRoot: String
    package var configuration: HostConfiguration?

    package init(
        _ job: Job, flow: String, path: Pathspec, username: String, namespace: String, staging: String,
        inlineLimit: Int, datastoreRoot: String, configuration: HostConfiguration? = nil
    ) {
        self.job = job
        self.flow = flow
        self.path = path
        self.username = username
        self.namespace = namespace
        self.staging = staging
        self.inlineLimit = inlineLimit
        self.datastoreRoot = datastoreRoot
        self.configuration = configuration
    }

    private enum Key: String, CodingKey {
        case type, `protocol`, kind, flow, run, path, username, namespace, staging, configuration, function, successful, card
        case inlineLimit = "inline_limit"
        case datastoreRoot = "datastore_root"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("task", forKey: .type)
        try container.encode(workerProtocolVersion, forKey: .protocol)
        try container.encode(flow, forKey: .flow)
        try container.encode(username, forKey: .username)
        try container.encode(namespace, forKey: .namespace)
        try container.encode(staging, forKey: .staging)
        try container.encode(inlineLimit, forKey: .inlineLimit)
        try container.encode(datastoreRoot, forKey: .datastoreRoot)
        try container.encodeIfPresent(configuration, forKey: .configuration)
        switch job {
        case .hook(let function, let successful):
            try container.encode("hook", forKey: .kind)
            try container.encode(path.description, forKey: .run)
            try container.encode(function, forKey: .function)
            try container.encode(successful, forKey: .successful)
        case .card(let order):
            try container.encode("card", forKey: .kind)
            try container.encode(path.description, forKey: .path)
            try container.encode(order, forKey: .card)
        }
    }
}

/// A card that is to be made.
package struct CardOrder: Codable, Sendable, Hashable {
    package var type: String
    package var id: String?
    package var options: JSONValue?
    /// In seconds.
    package var timeout: Double?
    /// Whether a failure to render becomes a card that tells so.
    package var saveErrors: Bool
    package var customize: Bool
    /// Seconds between two updates while the task runs.
    package var refreshInterval: Double?

    package init(
        type: String, id: String? = nil, options: JSONValue? = nil, timeout: Double? = nil, saveErrors: Bool = true,
        customize: Bool = false, refreshInterval: Double? = nil
    ) {
        self.type = type
        self.id = id
        self.options = options
        self.timeout = timeout
        self.saveErrors = saveErrors
        self.customize = customize
        self.refreshInterval = refreshInterval
    }

    private enum CodingKeys: String, CodingKey {
        case type, id, options, timeout, customize
        case saveErrors = "save_errors"
        case refreshInterval = "refresh_interval"
    }
}
