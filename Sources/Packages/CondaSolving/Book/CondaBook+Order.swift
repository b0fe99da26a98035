import CondaPackaging

/// The highest version that a demand can lead to.
struct HighestVersion: Sendable {
    let version: CondaVersion
    let hasTrackFeatures: Bool

    /// Negative where this one is better than `other`.
    func compare(_ other: Self, lowest: Bool) -> Int {
        if hasTrackFeatures != other.hasTrackFeatures { return hasTrackFeatures ? 1 : -1 }
        if version == other.version { return 0 }
        return (version < other.version) == lowest ? -1 : 1
    }
}

/// The order in which the tools of conda try records today: those without tracked features first, then by version, then by
/// build number, then by the highest versions of what they have in common, then by their time.
extension CondaBook {
    /// Puts the records of a package in order; returns what has to be fetched first.
    mutating func arrange(_ place: Int) throws(CondaBookError) -> [CondaName]? {
        guard var candidates = entries[place].found, case .package(let name) = entries[place].kind else { return nil }
        let isLowest = options.strategy == .lowest || options.strategy == .lowestDirect && direct.contains(name)
        let priority = options.channelPriority == .flexible ? sources.channelNumbers : []
        let keys = candidates.map { OrderKey($0, priority) }
        var order = Array(candidates.indices)
        order.sort { keys[$0].compare(keys[$1], lowest: isLowest, $0, $1) }
        candidates = order.map { candidates[$0] }
        let sorted = order.map { keys[$0] }
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[start].isEqual(sorted[end]) { end += 1 }
            if end - start > 1 {
                if let missing = try arrange(&candidates, start..<end) { return missing }
            }
            start = end
        }
        entries[place].candidates = preferred(candidates, name)
        return nil
    }

    private func preferred(_ candidates: [CondaCandidate], _ name: CondaName) -> [CondaCandidate] {
        guard let preferences = options.preferences[name] else { return candidates }
        var rest = candidates
        var first: [CondaCandidate] = []
        for preference in preferences {
            let wanted = rest.filter {
                $0.version == preference.version && (preference.build == nil || preference.build == $0.build)
            }
            guard !wanted.isEmpty else { continue }
            first += wanted
            rest.removeAll { $0.version == preference.version && (preference.build == nil || preference.build == $0.build) }
        }
        return first + rest
    }

    /// Orders records of one version and build number by what they depend on.
    private mutating func arrange(
        _ candidates: inout [CondaCandidate], _ range: Range<Int>
    ) throws(CondaBookError) -> [CondaName]? {
        var demands: [[CondaDemand]] = []
        for candidate in candidates[range] {
            // A record that cannot be used has no say in what is common.
            if case .demands(let list) = try self.demands(of: candidate) {
                demands.append(list.filter(\.isRequired))
            } else {
                demands.append([])
            }
        }
        let common = commonPackages(demands)
        var missing: [CondaName] = []
        for package in common {
            if let unknown = try find(Int(package.number)) { missing += unknown }
        }
        guard missing.isEmpty else { return missing }
        var highest: [[HighestVersion?]] = []
        for list in demands { highest.append(common.map { package in highestVersion(of: package, list) }) }
        let isLowest = options.strategy == .lowest
        let times = candidates[range].map { $0.timestamp }
        let order = demands.indices.sorted { left, right in
            for place in common.indices {
                switch (highest[left][place], highest[right][place]) {
                case (nil, nil): continue
                case (_, nil): return true
                case (nil, _): return false
                case (let mine?, let other?):
                    let comparison = mine.compare(other, lowest: isLowest)
                    if comparison != 0 { return comparison < 0 }
                }
            }
            guard times[left] == times[right] else { return (times[left] ?? .min) > (times[right] ?? .min) }
            return left < right
        }
        let old = Array(candidates[range])
        for (place, number) in order.enumerated() { candidates[range.lowerBound + place] = old[number] }
        return nil
    }

    /// The packages that every list asks for, by name.
    private func commonPackages(_ demands: [[CondaDemand]]) -> [CondaPackageID] {
        guard let first = demands.first else { return [] }
        var common = Set(first.map(\.package))
        for list in demands.dropFirst() { common.formIntersection(list.map(\.package)) }
        let named = common.compactMap { package -> (name: CondaName, package: CondaPackageID)? in
            if case .package(let name) = kind(of: package) { (name, package) } else { nil }
        }
        return named.sorted { $0.name < $1.name }.map(\.package)
    }

    /// What all demands of a record on a package can lead to. Many ask twice, for the package and for the one that they were built
    /// with: the narrower demand counts.
    private mutating func highestVersion(of package: CondaPackageID, _ demands: [CondaDemand]) -> HighestVersion? {
        var narrowest: HighestVersion?
        for demand in demands where demand.package == package {
            guard let found = highestVersion(demand) else { continue }
            if let known = narrowest, found.compare(known, lowest: false) <= 0 { continue }
            narrowest = found
        }
        return narrowest
    }

    private mutating func highestVersion(_ demand: CondaDemand) -> HighestVersion? {
        if let known = highest[demand] { return known }
        var best: HighestVersion?
        let spec = matchSpec(demand.spec)
        for candidate in entries[Int(demand.package.number)].found ?? [] {
            if let best, candidate.version <= best.version { continue }
            if let spec, !spec.matches(version: candidate.version, build: candidate.build) { continue }
            best = HighestVersion(version: candidate.version, hasTrackFeatures: candidate.hasTrackFeatures)
        }
        highest[demand] = .some(best)
        return best
    }
}

/// What records of a package are ordered by before anything else is looked at.
private struct OrderKey {
    let channel: Int
    let hasTrackFeatures: Bool
    let version: CondaVersion
    let buildNumber: UInt64

    init(_ candidate: CondaCandidate, _ channels: [Int]) {
        channel = candidate.source.flatMap { channels.indices.contains($0) ? channels[$0] : nil } ?? 0
        hasTrackFeatures = candidate.hasTrackFeatures
        version = candidate.version
        buildNumber = candidate.buildNumber
    }

    func isEqual(_ other: Self) -> Bool {
        channel == other.channel && hasTrackFeatures == other.hasTrackFeatures && buildNumber == other.buildNumber
            && version == other.version
    }

    func compare(_ other: Self, lowest: Bool, _ place: Int, _ otherPlace: Int) -> Bool {
        if channel != other.channel { return channel < other.channel }
        if hasTrackFeatures != other.hasTrackFeatures { return !hasTrackFeatures }
        if version != other.version { return (version < other.version) == lowest }
        if buildNumber != other.buildNumber { return buildNumber > other.buildNumber }
        return place < otherPlace
    }
}

extension [CondaSource] {
    /// The place of each folder's channel among the channels.
    fileprivate var channelNumbers: [Int] {
        var numbers: [Int] = []
        for (place, source) in enumerated() {
            let isSame = place > 0 && self[place - 1].channel == source.channel
            numbers.append((numbers.last ?? 0) + (place == 0 || isSame ? 0 : 1))
        }
        return numbers
    }
}
