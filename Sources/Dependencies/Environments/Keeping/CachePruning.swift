import Archives
public import Lockfiles
public import PackageSources
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Removes things from the cache, never what somebody uses.
public struct CachePruning: Sendable {
    /// What came of it.
    public struct Report: Sendable {
        /// What is gone, or would be.
        public internal(set) var removed: [CacheItem] = []
        /// Environments that stay since somebody uses them.
        public internal(set) var held: [CacheItem] = []
        /// What ended processes had left behind, and is gone as well.
        public internal(set) var leftovers: [CacheItem] = []
        /// Whether another process fetches or builds at this moment, so that what it may need was not looked at.
        public internal(set) var isBusy = false

        /// Bytes that are free now.
        public var freed: Int64 { PruningPlan.bytes(of: removed + leftovers) }
    }

    private let cache: CacheDirectory
    private let store: EnvironmentStore

    public init(_ cache: CacheDirectory) {
        self.cache = cache
        store = EnvironmentStore(cache: cache)
    }

    /// What is read or linked in more than one piece can go only while nobody fetches or builds.
    private static let delicate: Set<CacheDirectory.Folder> = [.wheels, .condaPackages, .archives, .sources, .builds, .temporary]

    /// Removes what is over the limits.
    ///
    /// - Parameter isRehearsal: whether nothing is removed.
    public func prune(
        _ limits: PruningPlan.Limits, now: UTCTime = .now(), isRehearsal: Bool = false
    ) async throws(EnvironmentError) -> Report {
        try await remove(limits.kinds, now, isRehearsal) { facts, kinds in
            var limits = limits
            limits.kinds = kinds
            return PruningPlan(of: facts, limits: limits)
        }
    }

    /// Removes everything of some kinds that nobody uses.
    public func clean(
        _ kinds: Set<CacheDirectory.Folder>, isRehearsal: Bool = false
    ) async throws(EnvironmentError) -> Report {
        try await remove(kinds, .now(), isRehearsal) { facts, kinds in PruningPlan(clearing: kinds, of: facts) }
    }

    private func remove(
        _ kinds: Set<CacheDirectory.Folder>, _ now: UTCTime, _ isRehearsal: Bool,
        plan: (PruningPlan.Facts, Set<CacheDirectory.Folder>) -> PruningPlan
    ) async throws(EnvironmentError) -> Report {
        var report = Report()
        // While this is held nobody begins to fetch or build. Runs whose environments exist do not need it.
        let alone: CacheLock?
        do throws(PackageSourceError) {
            alone = try cache.tryToHaveAlone()
        } catch {
            throw EnvironmentError(error)
        }
        defer { alone?.release() }
        report.isBusy = alone == nil
        let inventory = await CacheInventory(of: cache)
        let facts = facts(inventory, now)
        report.held = inventory.items.filter { facts.held.contains($0) }
        if !report.isBusy { report.leftovers = inventory.drafts }
        let plan = plan(facts, report.isBusy ? kinds.subtracting(Self.delicate) : kinds)
        report.removed = plan.removed
        if !isRehearsal { try await perform(plan, &report) }
        return report
    }

    private func facts(_ inventory: CacheInventory, _ now: UTCTime) -> PruningPlan.Facts {
        var facts = PruningPlan.Facts(items: inventory.items, now: now)
        for item in inventory.items where item.kind == .environments {
            guard let environment = store.environment(at: item.path) else { continue }
            if store.isHeld(environment) { facts.held.insert(item) }
            if let origin = environment.origin { facts.wheels[item] = origin.packages }
        }
        return facts
    }

    private func perform(_ plan: PruningPlan, _ report: inout Report) async throws(EnvironmentError) {
        for item in plan.misdated { utimensat(AT_FDCWD, item.timekeeper.string, nil, 0) }
        report.removed = []
        var discarded = report.leftovers.map(\.path)
        for item in plan.removed {
            if let environment = store.environment(at: item.path) {
                // Somebody may have taken it since it was looked at.
                guard try store.remove(environment) else {
                    report.held.append(item)
                    continue
                }
            } else if let path = Drafts.discard(item.path, in: cache) {
                discarded.append(path)
            }
            report.removed.append(item)
        }
        let gone = discarded
        await BlockingWork.run { for path in gone { FileTree.remove(path) } }
    }
}
