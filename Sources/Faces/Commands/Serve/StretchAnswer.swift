import Datastore
import Digests
import FlowModel
import FoundationEssentials
import Ledger

/// The artifacts of several tasks, for a client (docs/worker-protocol.md, "Client channel").
struct StretchAnswer: Encodable {
    struct Artifact: Encodable {
        var name: String
        var digest: String
        var size: Int64
        var type: String
        var encoding: String
        /// Absent where it is the task's: always, but of what Metaflow keeps.
        var createdAt: Double?
        var inline: Int?

        private enum CodingKeys: String, CodingKey {
            case name, digest, size, type, encoding, inline
            case createdAt = "created_at"
        }
    }

    struct Part: Encodable {
        var id: String
        var attempt: Int
        var createdAt: Double
        var base: Int?
        var items: [Artifact]

        private enum CodingKeys: String, CodingKey {
            case id, attempt, base, items
            case createdAt = "created_at"
        }
    }

    var type = "artifacts"
    var id: Int?
    var bases: [[Artifact]] = []
    var tasks: [Part] = []

    init(id: Int?) {
        self.id = id
    }

    /// - Parameter values: gets the bytes that go along, those of bases first.
    init(id: Int?, _ stretch: ArtifactStretch, values: inout StretchValues) {
        self.id = id
        for base in stretch.bases {
            bases.append(base.map { Self.artifact($0, createdAt: $0.createdAt.seconds, &values) })
        }
        for part in stretch.parts {
            tasks.append(
                Part(
                    id: part.task.text, attempt: part.attempt.value, createdAt: part.storedAt.seconds, base: part.base,
                    items: part.own.map { Self.artifact($0, createdAt: nil, &values) }))
        }
    }

    private static func artifact(
        _ record: ArtifactRecord, createdAt: Double?, _ values: inout StretchValues
    ) -> Artifact {
        Artifact(
            name: record.name, digest: record.digest.hex, size: record.size, type: record.type, encoding: record.encoding,
            createdAt: createdAt, inline: values.take(record.digest))
    }
}

/// The bytes that go along with a stretch of artifacts: those of small ones, until it is enough.
struct StretchValues {
    /// Values above this size, in bytes, are asked for one by one.
    private static let largest: Int64 = 64 << 10

    private(set) var payload = Data()
    private let limit: Int
    private var contents: [SHA256Digest: [UInt8]] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    /// Reads the values of a stretch.
    mutating func load(_ stretch: ArtifactStretch, _ ledger: RunLedger, _ store: BlobStore) throws {
        let records = stretch.bases.joined().map { $0 } + stretch.parts.flatMap(\.own)
        let digests = Set(records.filter { $0.size <= Self.largest }.map(\.digest))
        var total = 0
        for (digest, blob) in try ledger.blobs(digests) where total < limit {
            let content = try store.read(blob)
            contents[digest] = content
            total += content.count
        }
    }

    /// Adds a value to the payload; gives the number of its bytes, `nil` when it does not go along.
    mutating func take(_ digest: SHA256Digest) -> Int? {
        guard let content = contents[digest], payload.count + content.count <= limit else { return nil }
        payload.append(contentsOf: content)
        return content.count
    }
}
