import Nodes
import ObjectStores
import Testing

/// Attempts that the jobs of a group share.
@Suite struct GroupShareTests {
    private let store: StoreInFolder

    init() throws { store = try StoreInFolder() }

    private func share(_ job: Int) -> GroupShare { GroupShare(OrderSamples.key, in: store.objects, job: job) }

    private func put(_ word: NodeLayout.Word, _ text: String = "") async throws {
        try await store.objects.put(Array(text.utf8), as: try OrderSamples.key.key(of: word))
    }

    @Test func oneOfManyHasAnAttempt() async throws {
        let winners = try await withThrowingTaskGroup(of: Int?.self) { group in
            for job in 0..<20 { group.addTask { [share = share(job)] in try await share.claim(7) ? job : nil } }
            return try await group.reduce(into: [Int]()) { if let job = $1 { $0.append(job) } }
        }
        #expect(winners.count == 1)
        #expect(try await share(99).owner(of: 7) == winners.first)
        #expect(try await share(winners[0]).claim(7), "whoever has it has it when it is started anew")
        #expect(try await share(3).owner(of: 8) == nil)
    }

    @Test func whatIsLeftIsWhatNobodyHas() async throws {
        for index in [0, 3] { try await put(.claim(index: index), "\(index)\n") }
        try await put(.report(index: 3))
        try await put(.report(index: 5))
        try await put(.alive(index: 6))
        let rest = try await share(0).rest(of: 10, isAnew: false)
        #expect(rest.sorted() == [1, 2, 4, 6, 7, 8, 9])
        #expect(Set(rest.prefix(4)) == [6, 7, 8, 9], "the jobs of the last ones start last")
    }

    @Test func aJobThatIsStartedAnewFinishesWhatItHad() async throws {
        for (index, job) in [(0, 0), (1, 0), (2, 4), (3, 0), (4, 4)] { try await put(.claim(index: index), "\(job)\n") }
        for index in [0, 3] { try await put(.report(index: index)) }
        #expect(try await share(0).rest(of: 5, isAnew: true) == [1])
        #expect(try await share(0).rest(of: 5, isAnew: false) == [])
    }

    @Test(arguments: ["", "\n", "x", "-", "1 2", "99999999999999999999", "\u{0}"]) func claimsThatSayNothing(_ text: String) async throws {
        try await put(.claim(index: 1), text)
        #expect(try await share(1).owner(of: 1) == nil)
        #expect(try await !share(1).claim(1))
        #expect(try await share(1).rest(of: 2, isAnew: true) == [0])
    }
}
