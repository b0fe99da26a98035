import Environments
import Lockfiles
import PackageSources
import SystemPackage
import Testing

@Suite("What is pruned")
struct PruningTests {
    private let now = UTCTime(seconds: 1_000_000_000)
    private static let day: Int64 = 86_400

    private func item(
        _ kind: CacheDirectory.Folder, _ name: String, days: Int64, bytes: Int64 = 100, shared: Int64 = 0
    ) -> CacheItem {
        var size = TreeSize()
        (size.own, size.shared) = (bytes, shared)
        return CacheItem(
            kind: kind, path: FilePath("/cache/\(kind.rawValue)/\(name)"),
            lastUsed: UTCTime(seconds: now.seconds - days * Self.day), size: size)
    }

    private func names(_ plan: PruningPlan) -> [String] { plan.removed.map { $0.path.lastComponent?.string ?? "" } }

    @Test("By age: what is held stays, and so do the wheels of environments that stay")
    func age() {
        let (old, held, new) = (
            item(.environments, "old", days: 40), item(.environments, "held", days: 40), item(.environments, "new", days: 1)
        )
        let wheels = ["a", "b", "c"].map { item(.wheels, $0, days: 40) }
        let facts = PruningPlan.Facts(
            items: [old, held, new] + wheels + [item(.pages, "page", days: 31), item(.builds, "build", days: 29)], now: now,
            held: [held], wheels: [old: ["a", "b"], held: ["b"], new: []])
        #expect(names(PruningPlan(of: facts, limits: .init(keep: .seconds(30 * Self.day)))) == ["old", "page", "a", "c"])
    }

    @Test("By size: free wheels first, then the environment used longest ago with what only it has")
    func size() {
        let environments = (0..<3).map { item(.environments, "e\($0)", days: Int64($0), bytes: 10, shared: 90) }
        let wheels = (0..<4).map { item(.wheels, "w\($0)", days: 5, bytes: 0, shared: 90) }
        let facts = PruningPlan.Facts(
            items: environments + wheels, now: now,
            wheels: [environments[0]: ["w0"], environments[1]: ["w1", "w0"], environments[2]: ["w2"]])
        // 3 × 10 and 4 × 90 bytes: files that are linked count once.
        #expect(PruningPlan.bytes(of: environments + wheels) == 390)
        func removed(_ size: Int64) -> [String] { names(PruningPlan(of: facts, limits: .init(size: size))) }
        #expect(removed(390) == [])
        #expect(removed(389) == ["w3"])
        #expect(removed(299) == ["e2", "w3"])
        #expect(removed(289) == ["e2", "w2", "w3"].sorted { $0 < $1 })
        #expect(Set(removed(0)) == ["e0", "e1", "e2", "w0", "w1", "w2", "w3"])
    }

    @Test("Conda packages stay as long as environments that are made of them, like wheels")
    func conda() {
        let environment = item(.environments, "e", days: 1)
        let packages = ["a", "b"].map { item(.condaPackages, $0, days: 40) }
        let facts = PruningPlan.Facts(items: [environment] + packages, now: now, wheels: [environment: ["a"]])
        #expect(names(PruningPlan(of: facts, limits: .init(keep: .seconds(30 * Self.day)))) == ["b"])
        #expect(names(PruningPlan(of: facts, limits: .init(size: 0))) == ["e", "a", "b"])
    }

    @Test("An environment that does not say what it is made of keeps all wheels")
    func unknown() {
        let environment = item(.environments, "e", days: 1)
        let facts = PruningPlan.Facts(items: [environment, item(.wheels, "w", days: 400)], now: now)
        #expect(names(PruningPlan(of: facts, limits: .init(keep: .seconds(30 * Self.day)))) == [])
        #expect(names(PruningPlan(of: facts, limits: .init(size: 0))) == ["e", "w"])
    }

    @Test("A time in the future counts as now, and is to be set right")
    func future() {
        let (future, old) = (item(.environments, "future", days: -4000), item(.environments, "old", days: 2))
        let facts = PruningPlan.Facts(items: [future, old], now: now, wheels: [future: [], old: []])
        let plan = PruningPlan(of: facts, limits: .init(keep: .seconds(Self.day)))
        #expect(names(plan) == ["old"] && plan.misdated == [future])
        #expect(names(PruningPlan(of: facts, limits: .init(size: 100))) == ["old"])
    }

    @Test("Kinds that are not meant stay; clearing takes all of a kind but what is held")
    func kinds() {
        let (held, free) = (item(.environments, "held", days: 90), item(.environments, "free", days: 0))
        let facts = PruningPlan.Facts(
            items: [held, free, item(.wheels, "w", days: 90), item(.pages, "p", days: 90)], now: now, held: [held],
            wheels: [held: ["w"], free: []])
        #expect(names(PruningPlan(of: facts, limits: .init(keep: .zero, size: 0, kinds: [.pages]))) == ["p"])
        #expect(names(PruningPlan(clearing: [.environments, .wheels], of: facts)) == ["free", "w"])
    }
}
