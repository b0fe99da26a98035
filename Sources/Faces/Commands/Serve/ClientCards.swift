import Datastore
import Digests
import FlowModel
import Ledger
import MetaflowStore

/// A card as clients see it.
struct ClientCard: Encodable {
    var type: String
    var id: String?
    var hash: String
    var digest: String
    var size: Int64
    var createdAt: Double
    var attempt: Int
    /// `Flow/run/step/task/type-id-hash.html`: where it would be if it were a file.
    var path: String
    /// The task that made it, where the one that was asked for is a clone.
    var origin: String?
    /// What it showed last while its task ran: a blob of JSON.
    var data: String?

    private enum CodingKeys: String, CodingKey {
        case type, id, hash, digest, size, attempt, path, origin, data
        case createdAt = "created_at"
    }

    init(_ record: CardRecord, asked: TaskKey, data: SHA256Digest?) {
        let card = record.card
        let place = Pathspec(record.task.run.flow, record.task.run.run, record.step, record.task.task).description
        type = card.type
        id = card.id
        hash = card.hash
        digest = card.digest.hex
        size = card.size
        createdAt = card.at.seconds
        attempt = record.attempt.value
        path = place + "/" + ([card.type, card.id, card.hash].compactMap { $0 }).joined(separator: "-") + ".html"
        origin = record.task == asked ? nil : place
        self.data = data?.hex
    }

    /// - Parameter mark: stands before the paths by which bytes are asked for.
    init(_ card: MetaflowHistory.Card, asked: TaskKey, attempt: AttemptNumber, mark: String) {
        let place = Pathspec(card.task.run.flow, card.task.run.run, card.step, card.task.task).description
        type = card.type
        id = card.id
        hash = card.hash
        digest = mark + card.path
        size = card.size
        createdAt = card.createdAt.seconds
        self.attempt = attempt.value
        path = place + "/" + ([card.type, card.id, card.hash].compactMap { $0 }).joined(separator: "-") + ".html"
        origin = card.task == asked ? nil : place
        data = card.data.map { mark + $0 }
    }
}
