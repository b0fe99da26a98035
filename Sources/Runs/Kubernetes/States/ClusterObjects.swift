/// Objects of the API, as far as they are looked at. Everything may be absent.
struct ObjectMetadata: Decodable, Sendable {
    var name: String?
    var namespace: String?
    var uid: String?
    var resourceVersion: String?
    var creationTimestamp: String?
    var deletionTimestamp: String?
    var labels: [String: String]?
    var annotations: [String: String]?
    var ownerReferences: [Owner]?

    struct Owner: Decodable, Sendable {
        var kind: String?
        var name: String?
    }
}

struct ObjectCondition: Decodable, Sendable {
    var type: String?
    var status: String?
    var reason: String?
    var message: String?

    var holds: Bool { status == "True" }
}

struct JobObject: Decodable, Sendable {
    var metadata: ObjectMetadata?
    var status: Status?

    struct Status: Decodable, Sendable {
        var conditions: [ObjectCondition]?
    }
}

struct PodObject: Decodable, Sendable {
    var metadata: ObjectMetadata?
    var spec: Spec?
    var status: Status?

    struct Spec: Decodable, Sendable {
        var nodeName: String?
        var containers: [Container]?
    }

    struct Container: Decodable, Sendable {
        var image: String?
    }

    struct Status: Decodable, Sendable {
        var phase: String?
        var reason: String?
        var message: String?
        var conditions: [ObjectCondition]?
        var containerStatuses: [ContainerStatus]?
    }

    struct ContainerStatus: Decodable, Sendable {
        var state: State?
    }

    struct State: Decodable, Sendable {
        var waiting: Waiting?
        var terminated: Terminated?
    }

    struct Waiting: Decodable, Sendable {
        var reason: String?
        var message: String?
    }

    struct Terminated: Decodable, Sendable {
        var exitCode: Int32?
        var signal: Int32?
        var reason: String?
        var message: String?
    }
}

/// What happened to an object, as `kubectl describe` shows it.
struct EventObject: Decodable, Sendable {
    var type: String?
    var reason: String?
    var message: String?
    var count: Int?
    var lastTimestamp: String?
    var eventTime: String?
}

/// A page of a list.
struct ObjectList<Item: Decodable & Sendable>: Decodable, Sendable {
    var metadata: Metadata?
    var items: [Item]?

    struct Metadata: Decodable, Sendable {
        var resourceVersion: String?
        var `continue`: String?
    }
}

/// One line of a watch.
struct WatchEvent<Item: Decodable & Sendable>: Decodable, Sendable {
    var type: String
    var object: Item
}

/// What every line of a watch has, also those that are errors and bookmarks.
struct WatchHead: Decodable, Sendable {
    var type: String
    var object: Rest?

    struct Rest: Decodable, Sendable {
        var code: Int?
        var message: String?
        var metadata: ObjectMetadata?
    }
}
