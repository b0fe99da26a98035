import PubGrub
import Testing

@Suite("Candidate sets")
struct CandidateSetTests {
    /// Sizes on both sides of every change of representation.
    static let sizes = [0, 1, 2, 62, 63, 64, 126, 127, 128, 129, 191, 192, 1000]

    @Test("the whole, the empty and the absent set", arguments: sizes)
    func extremes(size: Int) {
        let all = CandidateSet(allOf: size)
        let everything = CandidateSet(everythingOf: size)
        #expect(all.count == size)
        #expect(Array(all.candidates) == Array(0..<size))
        #expect(!all.allowsAbsence && everything.allowsAbsence && everything.isEverything)
        #expect(CandidateSet(noneOf: size).isEmpty)
        #expect(CandidateSet(noneOf: size).complement == everything)
        #expect(all.complement == CandidateSet(absenceOf: size))
        #expect(all.best == (size == 0 ? nil : 0))
    }

    @Test("stretches agree with one-by-one insertion", arguments: sizes)
    func stretches(size: Int) {
        for (low, high) in [(0, size), (size / 3, size / 2), (size / 2, size), (size, size), (0, min(1, size))] {
            #expect(CandidateSet(low..<high, of: size) == CandidateSet(Array(low..<high), of: size))
        }
    }

    @Test("the algebra agrees with Set<Int>", arguments: sizes)
    func algebra(size: Int) {
        var generator = SmallGenerator(seed: UInt64(size))
        for _ in 0..<50 {
            let (a, left) = Self.random(size, &generator)
            let (b, right) = Self.random(size, &generator)
            #expect(Self.members(a.union(b)) == left.union(right))
            #expect(Self.members(a.intersection(b)) == left.intersection(right))
            #expect(Self.members(a.subtracting(b)) == left.subtracting(right))
            #expect(Self.members(a.complement) == Set(-1..<size).subtracting(left))
            #expect(a.isSubset(of: b) == left.isSubset(of: right))
            #expect(a.isDisjoint(with: b) == left.isDisjoint(with: right))
            #expect((a == b) == (left == right))
            #expect(a.isEmpty == left.isEmpty)
            #expect(a.count == left.subtracting([-1]).count)
            #expect(a.best == left.subtracting([-1]).min())
            #expect(a.isSubset(of: a.union(b)) && a.intersection(b).isSubset(of: a))
        }
    }

    @Test("a set says what is in it")
    func description() {
        var set = CandidateSet([2, 0], of: 3)
        set.allowsAbsence = true
        #expect(set.description == "{-, 0, 2}")
        #expect(set.contains(0) && !set.contains(1) && set.contains(2))
    }

    // Absence is -1 here.
    private static func random(_ size: Int, _ generator: inout SmallGenerator) -> (CandidateSet, Set<Int>) {
        var set = CandidateSet(noneOf: size)
        var plain: Set<Int> = []
        let density = generator.next(below: 4)
        for candidate in 0..<size where generator.next(below: 4) <= density {
            set.insert(candidate)
            plain.insert(candidate)
        }
        if generator.next(below: 2) == 0 {
            set.allowsAbsence = true
            plain.insert(-1)
        }
        return (set, plain)
    }

    private static func members(_ set: CandidateSet) -> Set<Int> {
        Set(set.candidates).union(set.allowsAbsence ? [-1] : [])
    }
}
