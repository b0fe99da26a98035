/// Keeps values by key until their costs pass a limit; those not asked for lately go first.
///
/// Two generations: what is asked for moves to the young one, and when that is full, the old one is dropped. Each
/// operation costs one or two look-ups.
struct RecentValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]
    private var youngCost = 0
    private let limit: Int
    private let cost: @Sendable (Value) -> Int

    /// - Parameter limit: the sum of costs above which values are dropped.
    init(limit: Int, cost: @escaping @Sendable (Value) -> Int) {
        self.limit = limit
        self.cost = cost
    }

    mutating func value(for key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old[key] else { return nil }
        keep(value, for: key)
        return value
    }

    mutating func keep(_ value: Value, for key: Key) {
        let added = cost(value)
        if added > limit / 2 { return }
        if youngCost + added > limit / 2 {
            old = young
            young = [:]
            youngCost = 0
        }
        if young.updateValue(value, forKey: key) == nil { youngCost += added }
    }

    mutating func forget(_ key: Key) {
        if let value = young.removeValue(forKey: key) { youngCost -= cost(value) }
        old[key] = nil
    }
}
