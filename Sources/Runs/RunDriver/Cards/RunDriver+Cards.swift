import Datastore
import Digests
import Executors
import FoundationEssentials
import Glibc
import Ledger
import WorkerProtocol

/// Keeping the cards of attempts.
extension RunDriver {
    func storeCard(_ item: CardItem, _ payload: Data, _ descriptor: Int32?, of name: AttemptName) throws {
        let blob = try CardPage(item, payload, descriptor).put(into: store)
        batch.add(.blobs([blob]), .card(AttemptKey(name), CardEntry(item, blob)))
        batch.flush()
    }

    func storeCardData(_ item: CardItem, _ payload: Data, of name: AttemptName) throws {
        let blob = try store.put(Array(payload))
        batch.add(
            .blobs([blob]),
            .cardData(
                AttemptKey(name), CardDataEntry(type: item.type, id: item.id, digest: blob.digest, at: .now())))
        batch.flush()
    }
}

/// The page of a card as it comes from a worker.
struct CardPage {
    private let item: CardItem
    private let payload: Data
    private let descriptor: Int32?

    /// Takes ownership of the descriptor.
    init(_ item: CardItem, _ payload: Data, _ descriptor: Int32?) {
        self.item = item
        self.payload = payload
        self.descriptor = descriptor
    }

    func put(into store: BlobStore) throws -> StoredBlob {
        guard let descriptor else { return try store.put(Array(payload)) }
        defer { close(descriptor) }
        return try store.put(contentsOf: descriptor, size: item.size ?? 0)
    }
}

extension CardEntry {
    init(_ item: CardItem, _ blob: StoredBlob) {
        self.init(
            type: item.type, id: item.id, hash: item.hash ?? String(blob.digest.hex.prefix(20)), digest: blob.digest,
            size: blob.size, at: .now())
    }
}
