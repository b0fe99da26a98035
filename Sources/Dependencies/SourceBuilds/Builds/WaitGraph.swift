import Digests

/// Something that is made once, however many ask for it: metadata, a wheel, or an environment to build in.
struct BuildKey: Hashable, Sendable {
    enum Product: Hashable, Sendable { case metadata, wheel, editable, environment }

    var product: Product
    /// Of the source or requirements, and of the interpreter.
    var digest: SHA256Digest
    /// For messages about cycles; empty for what is not worth a word.
    var what: String

    static func == (left: Self, right: Self) -> Bool { left.product == right.product && left.digest == right.digest }

    func hash(into hasher: inout Hasher) {
        hasher.combine(product)
        hasher.combine(digest)
    }
}

/// Which builds wait for which.
struct WaitGraph: Sendable {
    private var waits: [BuildKey: [BuildKey]] = [:]

    mutating func add(_ key: BuildKey, waitsFor other: BuildKey) { waits[key, default: []].append(other) }

    mutating func remove(_ key: BuildKey, waitsFor other: BuildKey) {
        guard let place = waits[key]?.firstIndex(of: other) else { return }
        waits[key]?.remove(at: place)
        if waits[key]?.isEmpty == true { waits[key] = nil }
    }

    /// The flights from one to another that it waits for, both included; `nil` if it does not wait for it.
    func chain(from start: BuildKey, to end: BuildKey) -> [BuildKey]? {
        if start == end { return [end] }
        var cameFrom: [BuildKey: BuildKey] = [:]
        var open = [start]
        while let key = open.popLast() {
            for next in waits[key] ?? [] where next != start && cameFrom[next] == nil {
                cameFrom[next] = key
                if next == end {
                    var chain = [end]
                    while let last = chain.last, last != start, let before = cameFrom[last] { chain.append(before) }
                    return chain.reversed()
                }
                open.append(next)
            }
        }
        return nil
    }
}
