public import Lockfiles
public import PackageSources
import SystemPackage

/// What is to be removed from a cache, decided without touching anything.
public struct PruningPlan: Sendable, Hashable {
    /// What may stay.
    public struct Limits: Sendable, Hashable {
        /// What was used in this time stays, whatever its size.
        public var keep: Duration?
        /// Bytes that the cache may have in the end.
        public var size: Int64?
        /// The kinds that are pruned.
        public var kinds: Set<CacheDirectory.Folder>

        public init(
            keep: Duration? = nil, size: Int64? = nil, kinds: Set<CacheDirectory.Folder> = Set(CacheInventory.kinds)
        ) {
            self.keep = keep
            self.size = size
            self.kinds = kinds
        }
    }

    /// What is looked at.
    package struct Facts {
        var items: [CacheItem]
        var now: UTCTime
        /// Environments that somebody uses.
        var held: Set<CacheItem>
        /// The SHA-256 of the wheels and conda packages that an environment is made of; environments that do not say so are missing.
        var wheels: [CacheItem: Set<String>]

        package init(
            items: [CacheItem], now: UTCTime, held: Set<CacheItem> = [], wheels: [CacheItem: Set<String>] = [:]
        ) {
            self.items = items
            self.now = now
            self.held = held
            self.wheels = wheels
        }
    }

    /// Environments come first, and the wheels that they were made of after them.
    package private(set) var removed: [CacheItem] = []
    /// Times that lie in the future: a clock was wrong then, or is now. They count as now, and are to be set to now.
    package private(set) var misdated: [CacheItem] = []

    /// What is over the limits: first everything that is too old, then, one used last at the end, as much as is too much.
    package init(of facts: Facts, limits: Limits) {
        misdated = facts.items.filter { $0.lastUsed > facts.now }
        var draft = PruningDraft(facts, limits.kinds)
        if let keep = limits.keep { draft.removeAll(unusedSince: facts.now.earlier(by: keep)) }
        if let size = limits.size { draft.remove(until: size) }
        removed = draft.removed
    }

    /// Everything of these kinds that nobody uses.
    package init(clearing kinds: Set<CacheDirectory.Folder>, of facts: Facts) {
        removed = facts.items.filter { kinds.contains($0.kind) && !facts.held.contains($0) }
    }

    /// The bytes that things have together; files that an environment shares with a wheel count once.
    package static func bytes(of items: some Sequence<CacheItem>) -> Int64 {
        items.reduce(0) { $0 + $1.size.own + ($1.kind == .environments ? 0 : $1.size.shared) }
    }
}

/// A plan that grows.
private struct PruningDraft {
    private let facts: PruningPlan.Facts
    /// All but wheels and conda packages, the one that was used last at the end.
    private let ranked: [CacheItem]
    private let wheels: [CacheItem]
    private var doomed: Set<CacheItem> = []

    init(_ facts: PruningPlan.Facts, _ kinds: Set<CacheDirectory.Folder>) {
        self.facts = facts
        let prunable = facts.items.filter { kinds.contains($0.kind) && !facts.held.contains($0) }.sorted {
            (min($0.lastUsed, facts.now), $0.path.string) < (min($1.lastUsed, facts.now), $1.path.string)
        }
        ranked = prunable.filter { !$0.kind.isLinkedFrom }
        wheels = prunable.filter { $0.kind.isLinkedFrom }
    }

    var removed: [CacheItem] {
        (ranked + wheels).filter { doomed.contains($0) }.sorted { $0.kind == .environments && $1.kind != .environments }
    }

    mutating func removeAll(unusedSince time: UTCTime) {
        doomed.formUnion(ranked.filter { min($0.lastUsed, facts.now) < time })
        doomed.formUnion(freeWheels.filter { min($0.lastUsed, facts.now) < time })
    }

    mutating func remove(until size: Int64) {
        var left = PruningPlan.bytes(of: facts.items.filter { !doomed.contains($0) })
        // What no environment needs goes before what somebody may run tomorrow.
        removeFreeWheels(until: size, &left)
        for item in ranked where left > size && doomed.insert(item).inserted {
            left -= PruningPlan.bytes(of: [item])
            if item.kind == .environments { removeFreeWheels(until: size, &left) }
        }
    }

    private mutating func removeFreeWheels(until size: Int64, _ left: inout Int64) {
        guard left > size else { return }
        for wheel in freeWheels where left > size && doomed.insert(wheel).inserted {
            left -= PruningPlan.bytes(of: [wheel])
        }
    }

    /// Wheels that no environment that stays is made of.
    private var freeWheels: [CacheItem] {
        var used: Set<String> = []
        for environment in facts.items where environment.kind == .environments && !doomed.contains(environment) {
            // One that does not say what it is made of may be made of anything.
            guard let own = facts.wheels[environment] else { return [] }
            used.formUnion(own)
        }
        return wheels.filter { !used.contains($0.path.lastComponent?.string ?? "") }
    }
}

extension CacheDirectory.Folder {
    /// Whether environments are linked from what is in it.
    var isLinkedFrom: Bool { self == .wheels || self == .condaPackages }
}

extension UTCTime {
    fileprivate func earlier(by duration: Duration) -> UTCTime {
        UTCTime(seconds: seconds - duration.components.seconds, nanoseconds: nanoseconds)
    }
}
