/// A question of a client.
struct ClientRequest: Decodable {
    enum Kind: String, Decodable {
        case hello, object, children, artifacts, metadata, blob, log, code, tags, cards, neighbours
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
    /// What an answer named bytes by.
    var digest: String?
    var stream: String?
    var timestamps: Bool?
    var add: [String]?
    var remove: [String]?
    /// Only artifacts of these names.
    var names: [String]?
    /// Whether the bytes of small artifacts come along.
    var values: Bool?
    /// Only artifacts whose names do not begin with `_`.
    var publicOnly: Bool?
    /// Tasks of the step at `path`, where the question is about several.
    var tasks: [String]?
    /// The last one of the listing that goes on here.
    var before: String?
    /// `in` or `out`.
    var direction: String?
    /// Whether a clone has the cards of the task that it stands for.
    var followResumed: Bool?

    private enum CodingKeys: String, CodingKey {
        case type, id, `protocol`, path, tags, limit, attempt, digest, stream, timestamps, add, remove, names, values
        case direction, tasks, before
        case publicOnly = "public"
        case followResumed = "follow_resumed"
    }
}

/// The number of a question that cannot be read otherwise.
struct RequestNumber: Decodable {
    var id: Int?
}
