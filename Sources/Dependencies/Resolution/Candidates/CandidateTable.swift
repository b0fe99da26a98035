internal import PubGrub
internal import PythonPackaging

/// A project as a list of candidates: preferred versions, then stable versions and then pre-releases, newest first.
struct CandidateTable: Sendable {
    /// Newest first.
    let versions: [Version]
    /// Positions in `versions`, most preferred first.
    private let order: [Int32]
    /// The length of the descending stretches that `order` is made of.
    private let stretches: [Range<Int>]

    init(
        versions: [Version], preferred: [Version] = [], prereleases: ResolutionOptions.Prereleases = .ifNecessary
    ) {
        self.versions = versions
        var order: [Int32] = []
        order.reserveCapacity(versions.count)
        var stretches: [Range<Int>] = []
        for version in preferred {
            guard let position = versions.firstIndex(of: version), !order.contains(Int32(position)) else { continue }
            stretches.append(order.count..<order.count + 1)
            order.append(Int32(position))
        }
        let first = Set(order)
        let mixed = prereleases == .allow
        for wantsPrereleases in mixed ? [false] : [false, true] {
            let start = order.count
            for (position, version) in versions.enumerated()
            where !first.contains(Int32(position)) && (mixed || version.isPrerelease == wantsPrereleases) {
                order.append(Int32(position))
            }
            stretches.append(start..<order.count)
        }
        self.order = order
        self.stretches = stretches
    }

    var count: Int { order.count }

    /// The place of a candidate in `versions`.
    func position(of candidate: Int) -> Int { Int(order[candidate]) }

    func version(of candidate: Int) -> Version { versions[position(of: candidate)] }

    /// The candidates that fulfil a constraint.
    ///
    /// - Complexity: A few comparisons for every clause, since clauses allow unbroken stretches of versions.
    func candidates(matching specifiers: SpecifierSet) -> CandidateSet {
        var result = CandidateSet(noneOf: count)
        for stretch in stretches {
            var allowed = CandidateSet(stretch, of: count)
            for specifier in specifiers.specifiers {
                allowed.formIntersection(candidates(matching: specifier, in: stretch))
            }
            result.formUnion(allowed)
        }
        return result
    }

    private func candidates(matching specifier: Specifier, in stretch: Range<Int>) -> CandidateSet {
        guard let bound = specifier.version, specifier.operator != .identical else {
            let text = SpecifierSet([specifier])
            return CandidateSet(
                stretch.filter { text.contains(text: version(of: $0).description, prereleases: .allowed) }, of: count)
        }
        let contains = { (candidate: Int) in specifier.contains(version(of: candidate)) }
        switch specifier.operator {
        case .atLeast, .above:
            let end = Self.firstIndex(in: stretch) { !contains($0) }
            return CandidateSet(stretch.lowerBound..<end, of: count)
        case .atMost, .below:
            let start = Self.firstIndex(in: stretch, where: contains)
            return CandidateSet(start..<stretch.upperBound, of: count)
        case .equal, .compatible, .identical:
            let start = Self.firstIndex(in: stretch) { contains($0) || version(of: $0) < bound }
            let end = Self.firstIndex(in: start..<stretch.upperBound) { !contains($0) }
            return CandidateSet(start..<end, of: count)
        case .notEqual:
            let start = Self.firstIndex(in: stretch) { !contains($0) || version(of: $0) < bound }
            let end = Self.firstIndex(in: start..<stretch.upperBound, where: contains)
            var allowed = CandidateSet(stretch.lowerBound..<start, of: count)
            allowed.formUnion(end..<stretch.upperBound)
            return allowed
        }
    }

    /// Where a condition that stays true once it is true becomes true.
    private static func firstIndex(in range: Range<Int>, where isTrue: (Int) -> Bool) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if isTrue(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
