import ObjectStores

/// A line from the class `S3`.
struct ObjectRequest: Decodable, Sendable {
    enum Action: String, Decodable, Sendable {
        case info, get, put, list
    }

    /// Comes back with the answer; answers come in any order.
    var id: Int
    var action: Action
    /// `s3://bucket/name`.
    var url: String
    /// The file to write into, or to store. Absolute.
    var path: String?
    /// The part that is wanted, in bytes; without `length` to the end, with one below zero so many from the end.
    var offset: Int64?
    var length: Int64?
    var contentType: String?
    var metadata: [String: String]?
    var encryption: String?
    /// Whether an object that is there is replaced.
    var overwrite: Bool?
    /// Whether everything below is listed, or the next level only.
    var recursive: Bool?
}

/// The answer to a request. A listing may take several, all but the last with `more`.
struct ObjectAnswer: Encodable, Sendable {
    var id: Int?
    /// There is no such object.
    var missing: Bool?
    /// In bytes, of the whole object.
    var size: Int64?
    /// The part that was fetched, in bytes.
    var offset: Int64?
    var length: Int64?
    var contentType: String?
    var metadata: [String: String]?
    var encryption: String?
    /// Seconds since 1970.
    var modified: Int64?
    /// Whether it was stored now; false when there was one that was to be kept.
    var stored: Bool?
    var objects: [Listed]?
    /// Full names, each with a slash at its end.
    var folders: [String]?
    var more: Bool?
    /// What kind of failure it is, and its words.
    var error: ObjectFailure?
    var message: String?

    struct Listed: Encodable, Sendable {
        var name: String
        var size: Int64
    }

    init(id: Int?) { self.id = id }

    init(id: Int, _ object: S3Object) {
        self.id = id
        size = object.size
        contentType = object.contentType
        metadata = object.metadata
        encryption = object.encryption
        modified = object.modified
    }
}

/// The kinds of failures that callers tell apart.
enum ObjectFailure: String, Encodable, Sendable {
    case denied, noBucket, badAddress, badRange, noFile, diskFull, failed
}
