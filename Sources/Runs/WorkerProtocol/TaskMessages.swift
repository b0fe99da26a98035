package import Digests

/// What a task says on its channel.
package enum TaskMessage: Sendable {
    /// The process runs, and waits for its assignment.
    case ready(pid: Int32)
    /// It wants the bytes of a blob.
    case load(digest: SHA256Digest)
    /// It wants the artifact lists of a range of a join's inputs.
    case inputs(from: Int, count: Int)
    /// It is about to read the run's records, which are to be up to date.
    case settle
    /// Facts to record with the attempt.
    case metadata([MetadataItem])
    /// Small artifacts; the frame's payload holds their bytes one after the other.
    case artifacts([ArtifactItem])
    /// A large artifact, in the descriptor that came with the frame.
    case artifactFile(ArtifactItem)
    /// A rendered card: its page is the frame's payload or comes in a descriptor.
    case card(CardItem)
    /// What a card shows while the task runs; the payload is JSON.
    case cardData(CardItem)
    /// The attempt's result.
    case done(AttemptResult)
}

/// A fact about an attempt.
package struct MetadataItem: Codable, Sendable, Equatable {
    package var name: String
    package var value: String
    package var type: String?

    package init(name: String, value: String, type: String? = nil) {
        self.name = name
        self.value = value
        self.type = type
    }
}

/// An artifact on its way to the store.
package struct ArtifactItem: Codable, Sendable, Equatable {
    package var name: String
    /// The Python type, as `list` or `numpy.ndarray`.
    package var type: String
    /// Bytes before compression.
    package var size: Int64
    /// How the value was turned into bytes: `pickle-4`.
    package var encoding: String
    /// Of bytes that the store has already; then they are not sent again.
    package var digest: SHA256Digest?
}

/// A card on its way to the store.
package struct CardItem: Codable, Sendable, Equatable {
    package var type: String
    /// The name that the person gave it.
    package var id: String?
    /// Tells cards of one type apart; absent of runtime data.
    package var hash: String?
    /// True when the page tells of a failure to render the card.
    package var error: Bool?
    /// Bytes of the page, where it comes in a descriptor.
    package var size: Int64?

    package init(type: String, id: String? = nil, hash: String? = nil, error: Bool? = nil, size: Int64? = nil) {
        self.type = type
        self.id = id
        self.hash = hash
        self.error = error
        self.size = size
    }
}

/// How an attempt ended, as the worker sees it.
package struct AttemptResult: Codable, Sendable, Equatable {
    /// The call of `self.next` that was made.
    package struct Transition: Codable, Sendable, Equatable {
        package var targets: [String]
        /// The attribute that a foreach splits.
        package var foreach: String?
        /// The number of items of a foreach.
        package var splits: Int?
        /// Short texts of the items.
        package var values: [String]?
        /// True when only the control task can tell the number of items.
        package var unbounded: Bool?
        /// The number of tasks of a `num_parallel`.
        package var parallel: Int?
        /// The attribute that a switch looked at.
        package var condition: String?

        package init(targets: [String], foreach: String? = nil, splits: Int? = nil, values: [String]? = nil) {
            self.targets = targets
            self.foreach = foreach
            self.splits = splits
            self.values = values
        }
    }

    /// What the person's code raised.
    package struct RaisedException: Codable, Sendable, Equatable {
        package var type: String
        package var message: String
        package var traceback: String?
        /// True when the command line, or a file that it names, is at fault.
        package var usage: Bool?
    }

    package var ok: Bool
    package var transition: Transition?
    package var exception: RaisedException?
    /// The number of items of an unbounded foreach, from its control task.
    package var mappers: Int?
    /// True when `@catch` took what the person's code raised.
    package var caught: Bool?
    /// True when no other attempt is to be made.
    package var noRetry: Bool?
    /// True when the process goes on to render cards.
    package var cards: Bool?

    private enum CodingKeys: String, CodingKey {
        case ok, transition, exception, mappers, caught, cards
        case noRetry = "no_retry"
    }
}

extension TaskMessage: Decodable {
    private enum Key: String, CodingKey { case type, pid, digest, from, count, items, item, card }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        switch try container.decode(String.self, forKey: .type) {
        case "ready": self = .ready(pid: try container.decode(Int32.self, forKey: .pid))
        case "load": self = .load(digest: try container.decode(SHA256Digest.self, forKey: .digest))
        case "inputs":
            self = .inputs(
                from: try container.decode(Int.self, forKey: .from),
                count: try container.decode(Int.self, forKey: .count))
        case "settle": self = .settle
        case "metadata": self = .metadata(try container.decode([MetadataItem].self, forKey: .items))
        case "artifacts": self = .artifacts(try container.decode([ArtifactItem].self, forKey: .items))
        case "artifact-file": self = .artifactFile(try container.decode(ArtifactItem.self, forKey: .item))
        case "card": self = .card(try container.decode(CardItem.self, forKey: .card))
        case "card-data": self = .cardData(try container.decode(CardItem.self, forKey: .card))
        case "done": self = .done(try AttemptResult(from: decoder))
        case let other: throw container.unknownType(other, key: .type)
        }
    }
}

/// What the engine answers a task.
package enum TaskReply: Sendable {
    case assignment(TaskAssignmentMessage)
    case dump(DumpRequest)
    case errand(ErrandRequest)
    case compare(CompareRequest)
    case explain(ExplainRequest)
    /// What the run has done is recorded, and the result that came with `done`; readers see it.
    case recorded
    /// The bytes of a blob: as the frame's payload, or in one descriptor.
    case blob(digest: SHA256Digest, size: Int64, inDescriptor: Bool)
    /// The artifact lists of a range of a join's inputs.
    case inputs(from: Int, items: [JoinInput])
    /// The engine cannot serve the last request.
    case refused(message: String)
}

extension TaskReply: Encodable {
    private enum Key: String, CodingKey { case type, digest, size, descriptors, from, items, message }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .assignment(let assignment):
            try assignment.encode(to: encoder)
            try container.encode("task", forKey: .type)
        case .dump(let request):
            try request.encode(to: encoder)
        case .errand(let request):
            try request.encode(to: encoder)
        case .compare(let request):
            try request.encode(to: encoder)
        case .explain(let request):
            try request.encode(to: encoder)
        case .recorded:
            try container.encode("recorded", forKey: .type)
        case .blob(let digest, let size, let inDescriptor):
            try container.encode("blob", forKey: .type)
            try container.encode(digest, forKey: .digest)
            try container.encode(size, forKey: .size)
            try container.encode(inDescriptor ? 1 : 0, forKey: .descriptors)
        case .inputs(let from, let items):
            try container.encode("inputs", forKey: .type)
            try container.encode(from, forKey: .from)
            try container.encode(items, forKey: .items)
        case .refused(let message):
            try container.encode("refused", forKey: .type)
            try container.encode(message, forKey: .message)
        }
    }
}
