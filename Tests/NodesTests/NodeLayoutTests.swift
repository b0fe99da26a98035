import Nodes
import ObjectStores
import Testing

@Suite struct NodeLayoutTests {
    private let layout = OrderSamples.key

    @Test(arguments: [
        (NodeLayout.Word.log(index: 4, number: 12), "attempts/TrainFlow/17/000003/said/000004.log.00000012"),
        (.alive(index: 0), "attempts/TrainFlow/17/000003/said/000000.alive"),
        (.report(index: 999), "attempts/TrainFlow/17/000003/said/000999.report"),
        (.claim(index: 1), "attempts/TrainFlow/17/000003/said/000001.claim"),
    ]) func namesAreReadBack(_ word: NodeLayout.Word, _ name: String) throws {
        let key = try layout.key(of: word)
        #expect(key.text == name && NodeLayout.word(named: key) == word && NodeLayout.group(named: key) == 3)
    }

    @Test(arguments: ["said/x.report", "said/000001.reports", "said/1.alive", "said/000001.log.1", "said/000001.log", "said/000001", "orders"])
    func otherNames(_ name: String) throws {
        #expect(NodeLayout.word(named: try ObjectKey("attempts/TrainFlow/17/000003/" + name)) == nil)
    }

    @Test func theGroupOfOrders() throws {
        #expect(NodeLayout(orders: try layout.orders) == layout)
        for name in ["attempts/TrainFlow/17/000003/jobs", "attempts/TrainFlow/17/3/orders", "records/TrainFlow/17/000003/orders", "orders"] {
            #expect(NodeLayout(orders: try ObjectKey(name)) == nil, "\(name)")
        }
    }
}
