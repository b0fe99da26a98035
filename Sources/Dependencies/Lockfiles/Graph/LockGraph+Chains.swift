public import PythonPackaging

extension LockGraph {
    /// How something that was asked for leads to a package.
    public struct Chain: Sendable, Hashable {
        /// What was asked for.
        public let root: Need
        /// What follows, to the package at the end; nothing if it was asked for itself.
        public let links: [Need]
    }

    /// For each thing that was asked for, all the shortest ways from it to a package.
    ///
    /// - Parameters:
    ///   - name: all entries for this name count.
    ///   - limit: how many chains at most; their number may be immense.
    public func shortestChains(to name: PackageName, limit: Int) -> [Chain] { shortestChains(toNamed: name.description, limit: limit) }

    /// The same by a name of either world.
    public func shortestChains(toNamed name: String, limit: Int) -> [Chain] {
        let distances = distances(to: positions(named: name))
        var chains: [Chain] = []
        for root in roots where distances[root.package] != nil {
            extend([], from: root.package, distances) { links in
                chains.append(Chain(root: root, links: links))
                return chains.count < limit
            }
        }
        return Array(chains.prefix(limit))
    }

    /// How many needs lie between each package and the nearest of `ends`; absent where none leads there.
    private func distances(to ends: [Int]) -> [Int: Int] {
        var distances = Dictionary(uniqueKeysWithValues: ends.map { ($0, 0) })
        var front = ends
        var distance = 0
        while !front.isEmpty {
            distance += 1
            let before = Set(front.flatMap { neededBy[$0].map(\.package) }).filter { distances[$0] == nil }
            for package in before { distances[package] = distance }
            front = before.sorted()
        }
        return distances
    }

    /// Goes on along every need that comes nearer to the end; `found` says whether to look for more.
    @discardableResult
    private func extend(
        _ links: [Need], from package: Int, _ distances: [Int: Int], found: ([Need]) -> Bool
    ) -> Bool {
        guard let distance = distances[package], distance > 0 else { return found(links) }
        for need in needs[package] where distances[need.package] == distance - 1 {
            guard extend(links + [need], from: need.package, distances, found: found) else { return false }
        }
        return true
    }
}
