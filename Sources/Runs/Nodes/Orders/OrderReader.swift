package import FoundationEssentials
package import ObjectStores

/// An order book that lies in a datastore: a job reads the order of its group and of the attempts that it does, and no more of the
/// object than that takes.
package struct OrderReader: Sendable {
    package let group: GroupOrder
    /// How many orders there are.
    package let count: Int
    private let key: ObjectKey
    private let objects: any ObjectStore
    /// The beginning of the book, with the whole table at least.
    private let head: [UInt8]

    /// The table of an ordinary group, and often all of a small book.
    private static let usualHead: Int64 = 64 << 10

    /// - Throws: `OrderFault`, `ObjectStoreError`
    package init(_ key: ObjectKey, in objects: any ObjectStore) async throws {
        guard var head = try await objects.read(key, range: 0..<Self.usualHead) else { throw OrderFault.absent(key.text) }
        count = try OrderBook.count(head)
        let end = OrderBook.tableEnd(count)
        if Int64(head.count) < end, let more = try await objects.read(key, range: 0..<end) { head = more }
        self.key = key
        self.objects = objects
        self.head = head
        group = try OrderBook.decode(GroupOrder.self, try await Self.part(0, of: key, in: objects, head))
    }

    /// - Throws: `OrderFault`, `ObjectStoreError`
    package func attempt(_ index: Int) async throws -> AttemptOrder {
        guard index >= 0, index < count else { throw OrderFault.noSuchIndex(index, of: count) }
        return try OrderBook.decode(AttemptOrder.self, try await Self.part(index + 1, of: key, in: objects, head))
    }

    private static func part(_ row: Int, of key: ObjectKey, in objects: any ObjectStore, _ head: [UInt8]) async throws -> Data {
        let place = try OrderBook.place(row, in: head)
        if place.upperBound <= Int64(head.count) { return Data(head[Int(place.lowerBound)..<Int(place.upperBound)]) }
        guard let bytes = try await objects.read(key, range: place), bytes.count == place.count else { throw OrderFault.damaged }
        return Data(bytes)
    }
}
