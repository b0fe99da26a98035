import Digests
import Nodes
import ObjectStores
import Testing

@Suite struct OrderBookTests {
    private func book(_ count: Int) -> OrderBook {
        OrderBook(group: OrderSamples.group(), attempts: (0..<count).map(OrderSamples.attempt))
    }

    @Test(arguments: [1, 2, 1000]) func whatIsWrittenIsRead(_ count: Int) throws {
        let read = try OrderBook(try book(count).bytes())
        #expect(read.attempts.map(\.assignment.task) == (0..<count).map { "\($0)" })
        #expect(read.group.environment == OrderSamples.group().environment && read.group.variables == ["A": "b"])
    }

    @Test(arguments: [(1, 0), (3, 1), (1000, 0), (1000, 999)]) func aJobReadsItsOwn(_ count: Int, _ index: Int) async throws {
        let store = try StoreInFolder()
        let key = try OrderSamples.key.orders
        try await store.objects.put(try book(count).bytes(), as: key)
        let reader = try await OrderReader(key, in: store.objects)
        let found = try await reader.attempt(index)
        #expect(reader.group.script == "train.py" && reader.count == count && found.variables == ["NUMBER": "\(index)"])
        #expect(found.blobs == [OrderSamples.blob("\(index)")])
    }

    @Test(arguments: [-1, 3, 1_000_000]) func indicesOfOthers(_ index: Int) async throws {
        let store = try StoreInFolder()
        let key = try OrderSamples.key.orders
        try await store.objects.put(try book(3).bytes(), as: key)
        await #expect(throws: OrderFault.noSuchIndex(index, of: 3)) {
            try await OrderReader(key, in: store.objects).attempt(index)
        }
    }

    @Test func ordersThatAreNotThere() async throws {
        let store = try StoreInFolder()
        let key = try OrderSamples.key.orders
        await #expect(throws: OrderFault.absent(key.text)) { _ = try await OrderReader(key, in: store.objects) }
    }

    /// Whatever is cut off or changed, there is an answer, and no crash.
    @Test func everyCutIsNoticed() async throws {
        let whole = try book(2).bytes()
        let store = try StoreInFolder()
        let key = try OrderSamples.key.orders
        for count in 0..<whole.count {
            let cut = Array(whole[..<count])
            #expect(throws: OrderFault.damaged) { try OrderBook(cut) }
        }
        for count in stride(from: 0, to: whole.count, by: 97) {
            try await store.objects.put(Array(whole[..<count]), as: key)
            await #expect(throws: OrderFault.self) { try await OrderReader(key, in: store.objects).attempt(1) }
        }
    }

    @Test(arguments: [8, 9, 11, 12, 13, 19, 20, 27, 28, 35]) func tablesThatLie(_ place: Int) throws {
        for value: UInt8 in [0x7f, 0xff] {
            var bytes = try book(2).bytes()
            bytes[place] = value
            #expect(throws: OrderFault.self) { try OrderBook(bytes) }
        }
    }

    @Test func ordersOfLaterEngines() throws {
        var later = book(1)
        later.group.format = 99
        let bytes = try later.bytes()
        #expect(throws: OrderFault.newer(99)) { try OrderBook(bytes) }
    }
}
