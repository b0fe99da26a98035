package import Digests

/// The assignment of kind `compare`: say of pairs of values whether they are equal
/// (docs/worker-protocol.md, "Comparing runs").
package struct CompareRequest: Encodable, Sendable {
    package var type = "task"
    package var `protocol` = workerProtocolVersion
    package var kind = "compare"
    package var flow: String
    /// How far apart floats may be, relative to the larger one or to 1.
    package var tolerance: Double
    package var pairs: [ComparedPair]

    package init(flow: String, tolerance: Double, pairs: [ComparedPair]) {
        self.flow = flow
        self.tolerance = tolerance
        self.pairs = pairs
    }
}

/// Two recorded values of one name.
package struct ComparedPair: Encodable, Sendable {
    package struct Side: Encodable, Sendable {
        package var digest: SHA256Digest
        package var size: Int64
        package var type: String
        package var run: String
        /// When the task that stored it began and ended, in seconds since 1970.
        package var began: Double?
        package var ended: Double?

        package init(digest: SHA256Digest, size: Int64, type: String, run: String, began: Double?, ended: Double?) {
            self.digest = digest
            self.size = size
            self.type = type
            self.run = run
            self.began = began
            self.ended = ended
        }
    }

    /// Names the answer.
    package var id: Int
    package var name: String
    package var recorded: Side
    package var repeated: Side

    package init(id: Int, name: String, recorded: Side, repeated: Side) {
        self.id = id
        self.name = name
        self.recorded = recorded
        self.repeated = repeated
    }
}

/// What a worker says of a pair.
package struct ComparedValues: Decodable, Sendable, Hashable {
    package enum Result: String, Decodable, Sendable {
        case equal, different
        /// At least one of them cannot be loaded, or the two cannot be compared.
        case unreadable
    }

    package var result: Result
    package var how: String
    /// How far apart floats are at most, where that is all.
    package var largest: Double?
    /// What kind of thing differs: `time`, `uuid`, `run`, `path`.
    package var nature: String?

    package init(result: Result, how: String, largest: Double? = nil, nature: String? = nil) {
        self.result = result
        self.how = how
        self.largest = largest
        self.nature = nature
    }
}
