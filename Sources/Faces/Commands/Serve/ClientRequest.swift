import Digests

/// A question of a client.
struct ClientRequest: Decodable {
    enum Kind: String, Decodable {
        case hello, object, children, artifacts, metadata, blob, log, code, tags
    }

    var type: Kind
    /// Repeated in the answer.
    var id: Int?
    var `protocol`: Int?
    /// Flow, run, step and task, as far as they are named.
    var path: [String]?
    var tags: [String]?
    var limit: Int?
    var attempt: Int?
    var digest: SHA256Digest?
    var stream: String?
    var timestamps: Bool?
    var add: [String]?
    var remove: [String]?
}
