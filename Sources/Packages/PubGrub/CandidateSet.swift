/// A set of outcomes for one package: some of its candidates, and perhaps that none of them is chosen.
///
/// Sets are combined only with sets of the same package. Packages of up to 127 candidates live in two words without
/// an allocation; longer lists continue in an array.
public struct CandidateSet: Hashable, Sendable {
    // Bit 0 is "absent"; candidate c is bit c + 1. Bits above the last candidate are always zero.
    private var first: UInt64
    private var second: UInt64
    private var rest: [UInt64]
    /// The length of the package's candidate list.
    public let candidateCount: Int

    private static let inlineWords = 2

    private init(first: UInt64, second: UInt64, rest: [UInt64], candidateCount: Int) {
        self.first = first
        self.second = second
        self.rest = rest
        self.candidateCount = candidateCount
    }

    /// No outcome at all.
    public init(noneOf candidateCount: Int) {
        precondition(candidateCount >= 0, "a candidate list has no negative length")
        let words = (candidateCount + 64) >> 6
        let rest = words > Self.inlineWords ? [UInt64](repeating: 0, count: words - Self.inlineWords) : []
        self.init(first: 0, second: 0, rest: rest, candidateCount: candidateCount)
    }

    /// Every candidate, but not absence.
    public init(allOf candidateCount: Int) {
        self.init(noneOf: candidateCount)
        formUnion(0..<candidateCount)
    }

    /// These candidates, but not absence.
    public init(_ candidates: some Sequence<Int>, of candidateCount: Int) {
        self.init(noneOf: candidateCount)
        for candidate in candidates { insert(candidate) }
    }

    /// One unbroken stretch of candidates, but not absence.
    public init(_ candidates: Range<Int>, of candidateCount: Int) {
        self.init(noneOf: candidateCount)
        formUnion(candidates)
    }

    private var wordCount: Int { (candidateCount + 64) >> 6 }

    private subscript(word index: Int) -> UInt64 {
        get {
            switch index {
            case 0: first
            case 1: second
            default: rest[index - Self.inlineWords]
            }
        }
        set {
            switch index {
            case 0: first = newValue
            case 1: second = newValue
            default: rest[index - Self.inlineWords] = newValue
            }
        }
    }
}

// MARK: - Members

extension CandidateSet {
    /// Whether "not chosen at all" is one of the outcomes.
    public var allowsAbsence: Bool {
        get { first & 1 != 0 }
        set { first = newValue ? first | 1 : first & ~1 }
    }

    /// Whether the candidate is one of the outcomes.
    public func contains(_ candidate: Int) -> Bool {
        precondition(candidate >= 0 && candidate < candidateCount, "no such candidate")
        let bit = candidate + 1
        return self[word: bit >> 6] & (1 << UInt64(bit & 63)) != 0
    }

    /// Adds a candidate.
    public mutating func insert(_ candidate: Int) {
        precondition(candidate >= 0 && candidate < candidateCount, "no such candidate")
        let bit = candidate + 1
        self[word: bit >> 6] |= 1 << UInt64(bit & 63)
    }

    /// Adds an unbroken stretch of candidates.
    public mutating func formUnion(_ candidates: Range<Int>) {
        precondition(candidates.lowerBound >= 0 && candidates.upperBound <= candidateCount, "no such candidates")
        guard !candidates.isEmpty else { return }
        let low = candidates.lowerBound + 1
        let high = candidates.upperBound  // the last bit of the stretch
        for index in (low >> 6)...(high >> 6) {
            var mask = UInt64.max
            if index == low >> 6 { mask &= UInt64.max << UInt64(low & 63) }
            if index == high >> 6 { mask &= UInt64.max >> UInt64(63 - (high & 63)) }
            self[word: index] |= mask
        }
    }

    /// No outcome is left.
    public var isEmpty: Bool {
        (first | second) == 0 && rest.allSatisfy { $0 == 0 }
    }

    /// Every candidate and absence: nothing is demanded.
    public var isEverything: Bool { allowsAbsence && count == candidateCount }

    /// The number of candidates; absence is not counted.
    public var count: Int {
        var bits = (first & ~1).nonzeroBitCount + second.nonzeroBitCount
        for word in rest { bits += word.nonzeroBitCount }
        return bits
    }

    /// The most preferred candidate.
    public var best: Int? { candidate(atOrAfter: 0) }

    /// The most preferred candidate that is not more preferred than `start`.
    public func candidate(atOrAfter start: Int) -> Int? {
        var index = (start + 1) >> 6
        var mask = UInt64.max << UInt64((start + 1) & 63)
        while index < wordCount {
            let word = self[word: index] & mask
            if word != 0 { return index << 6 + word.trailingZeroBitCount - 1 }
            mask = .max
            index += 1
        }
        return nil
    }

    /// The candidates, most preferred first.
    public var candidates: Candidates { Candidates(set: self) }

    public struct Candidates: Sequence, IteratorProtocol, Sendable {
        let set: CandidateSet
        var position = 0

        init(set: CandidateSet) { self.set = set }

        public mutating func next() -> Int? {
            guard let found = set.candidate(atOrAfter: position) else { return nil }
            position = found + 1
            return found
        }
    }
}

// MARK: - Algebra

extension CandidateSet {
    @inline(__always)
    private func combined(with other: Self, _ operation: (UInt64, UInt64) -> UInt64) -> Self {
        precondition(candidateCount == other.candidateCount, "sets of different packages")
        var result = self
        result.first = operation(first, other.first)
        result.second = operation(second, other.second)
        for index in rest.indices { result.rest[index] = operation(rest[index], other.rest[index]) }
        return result
    }

    @inline(__always)
    private func isEmpty(with other: Self, _ operation: (UInt64, UInt64) -> UInt64) -> Bool {
        precondition(candidateCount == other.candidateCount, "sets of different packages")
        if (operation(first, other.first) | operation(second, other.second)) != 0 { return false }
        for index in rest.indices where operation(rest[index], other.rest[index]) != 0 { return false }
        return true
    }

    public func intersection(_ other: Self) -> Self { combined(with: other, &) }

    public func union(_ other: Self) -> Self { combined(with: other, |) }

    public func subtracting(_ other: Self) -> Self { combined(with: other) { $0 & ~$1 } }

    /// The outcomes of both sets stay.
    public mutating func formIntersection(_ other: Self) { self = intersection(other) }

    /// The outcomes of either set are in.
    public mutating func formUnion(_ other: Self) { self = union(other) }

    /// Whether every outcome of this set is one of `other`.
    public func isSubset(of other: Self) -> Bool { isEmpty(with: other) { $0 & ~$1 } }

    /// Whether no outcome is in both.
    public func isDisjoint(with other: Self) -> Bool { isEmpty(with: other, &) }

    /// All the other outcomes, absence among them if it is not in this set.
    public var complement: Self {
        Self(everythingOf: candidateCount).subtracting(self)
    }

    /// Every candidate and absence.
    public init(everythingOf candidateCount: Int) {
        self.init(allOf: candidateCount)
        allowsAbsence = true
    }

    /// Only "not chosen at all".
    public init(absenceOf candidateCount: Int) {
        self.init(noneOf: candidateCount)
        allowsAbsence = true
    }
}

extension CandidateSet: CustomStringConvertible {
    /// The candidates by number, `-` for absence: `{-, 0, 1}`.
    public var description: String {
        let members = (allowsAbsence ? ["-"] : []) + candidates.map(String.init)
        return "{" + members.joined(separator: ", ") + "}"
    }
}
