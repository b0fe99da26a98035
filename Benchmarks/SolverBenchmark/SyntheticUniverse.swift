/// Packages that do not exist, with the shape of those that do: most are small and a few are needed by everybody, newer
/// versions ask for newer ones, some are capped and a few are pinned.
///
/// The same seed gives the same universe. One choice of versions, not the newest ones everywhere, is planted: whatever
/// else the random numbers bring, it fulfils all requirements.
struct SyntheticUniverse {
    /// Which candidates of another package will do; candidate 0 is the newest.
    struct Range: Hashable, Sendable {
        var first: Int
        var end: Int
    }

    struct Need: Sendable {
        var package: Int
        var range: Range
    }

    /// For each package its candidates' needs.
    private(set) var packages: [[[Need]]] = []
    private var planted: [Int] = []
    private var random: SplitMix64

    init(packages count: Int, seed: UInt64) {
        random = SplitMix64(state: seed)
        for package in 0..<count { add(package) }
    }

    /// Packages that nobody needs: asking for all of them brings in the whole universe.
    var summits: [Int] {
        var isNeeded = [Bool](repeating: false, count: packages.count)
        for candidates in packages {
            for need in candidates.flatMap({ $0 }) { isNeeded[need.package] = true }
        }
        return packages.indices.filter { !isNeeded[$0] }
    }

    private mutating func add(_ package: Int) {
        let count = versionCount()
        planted.append(random.below(3) == 0 ? random.below(min(count, 4)) : 0)
        let targets = dependencyTargets(of: package)
        let caps = targets.map { _ in random.below(12) == 0 }
        var candidates: [[Need]] = []
        for candidate in 0..<count {
            // Dependencies come and go over the years; those of the newest version are all of them.
            let kept = targets.count - targets.count * candidate / (2 * count)
            candidates.append(
                (0..<kept).map { place in
                    need(of: package, candidate, for: targets[place], age: candidate * 100 / count, isCapped: caps[place])
                })
        }
        packages.append(candidates)
    }

    /// One version at least, some twenty as a rule, three hundred at most.
    private mutating func versionCount() -> Int {
        let steps = (0..<6).reduce(0) { sum, _ in sum + random.below(10) }
        return min(300, max(1, 1 << (steps / 9) + random.below(1 + steps)))
    }

    /// Earlier packages, the earliest far more often than the others.
    private mutating func dependencyTargets(of package: Int) -> [Int] {
        guard package > 0 else { return [] }
        var targets: [Int] = []
        for _ in 0..<random.below(9) {
            let share = random.below(1000) * random.below(1000) / 1000
            let target = package * share / 1000
            if !targets.contains(target) { targets.append(target) }
        }
        return targets
    }

    private mutating func need(
        of package: Int, _ candidate: Int, for target: Int, age: Int, isCapped: Bool
    ) -> Need {
        let count = packages[target].count
        let wanted = planted[target]
        let isPlanted = candidate == planted[package]
        // "At least what was current some time before", and for the capped "below what came after".
        var range = Range(first: 0, end: min(count, count * (age + 40) / 100 + 1 + random.below(4)))
        if isCapped { range.first = min(range.end - 1, count * age / 200 + random.below(3)) }
        if random.below(60) == 0 {
            let pin = min(count - 1, random.below(3))
            range = Range(first: pin, end: pin + 1)
        }
        if isPlanted { range = Range(first: min(range.first, wanted), end: max(range.end, wanted + 1)) }
        return Need(package: target, range: range)
    }
}

/// A small generator of pseudo-random numbers (Steele, Lea, Flood, 2014): the same on every machine.
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() % UInt64(max(1, bound))) }
}
