import FlowModel

/// A kind of object, and where the API has it.
enum APIResource: String, Sendable {
    case jobs, pods, secrets, services, events

    /// As in rules of access: `jobs.batch`.
    var name: String { self == .jobs ? "jobs.batch" : rawValue }

    fileprivate var root: String { self == .jobs ? "/apis/batch/v1" : "/api/v1" }
}

/// One request to the API.
struct APICall: Sendable {
    enum Verb: String, Sendable {
        case create, get, list, watch, delete, patch

        var method: String {
            switch self {
            case .create: "POST"
            case .get, .list, .watch: "GET"
            case .delete: "DELETE"
            case .patch: "PATCH"
            }
        }
    }

    var verb: Verb
    var resource: APIResource
    var namespace: String
    var name: String?
    var query: [(String, String)] = []
    var body: JSONValue?

    init(
        _ verb: Verb, _ resource: APIResource, in namespace: String, named name: String? = nil, query: [(String, String)] = [],
        body: JSONValue? = nil
    ) {
        self.verb = verb
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.query = query
        self.body = body
    }

    /// Below the server's address.
    var target: String {
        let path = "\(resource.root)/namespaces/\(namespace)/\(resource.rawValue)" + (name.map { "/\($0)" } ?? "")
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\($0)=\(Self.encoded($1))" }.joined(separator: "&")
    }

    var contentType: String { verb == .patch ? "application/merge-patch+json" : "application/json" }

    /// For messages: `create jobs.batch in the namespace 'science'`.
    var summary: String {
        "\(verb.rawValue) \(name.map { "the \(resource.name) '\($0)'" } ?? resource.name) in the namespace '\(namespace)'"
    }

    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let scalar = UnicodeScalar(byte)
            if byte < 0x80, scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "-._~".unicodeScalars.contains(scalar) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What the API answered: any status.
struct APIAnswer: Sendable {
    var status: Int
    var body: [UInt8]
    /// What the server says of when to try again.
    var retryAfter: Duration?
}
