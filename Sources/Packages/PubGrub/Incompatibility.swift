/// A claim about one package inside an incompatibility: its outcome is one of `set`.
struct Term: Sendable {
    let package: Int
    var set: CandidateSet
}

/// Terms that cannot all be true together, and why.
struct Incompatibility: Sendable {
    /// Sorted by package, each package at most once, no set empty or everything.
    var terms: [Term]
    var origin: Origin

    enum Origin: Sendable {
        /// The root has to be chosen.
        case root
        /// Candidates of a package ask for another package.
        case dependency(StoredDependency)
        /// Candidates cannot be used, for the reason with this number.
        case unusable(package: Int, reason: Int)
        /// A package that follows another one has the same candidate chosen.
        case lockstep(package: Int, base: Int)
        /// Resolved out of two others.
        case derived(Int, Int)
    }

    struct StoredDependency: Sendable {
        let dependent: Int
        let dependency: Int
        let allowed: CandidateSet
        /// The different constraints that come down to `allowed`, by number, in the order in which they were met.
        var constraints: [Int]
    }

    init(terms: [Term], origin: Origin) {
        self.terms = terms
        self.origin = origin
    }

    func term(of package: Int) -> CandidateSet? {
        terms.first { $0.package == package }?.set
    }

    /// What follows from two incompatibilities when the outcome of `pivot` is left open: the sets of `pivot` are
    /// united, those of every other package intersected.
    static func resolvedTerms(_ left: [Term], _ right: [Term], pivot: Int) -> [Term] {
        var result: [Term] = []
        result.reserveCapacity(left.count + right.count)
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            if j == right.count || (i < left.count && left[i].package < right[j].package) {
                result.append(left[i])
                i += 1
            } else if i == left.count || right[j].package < left[i].package {
                result.append(right[j])
                j += 1
            } else {
                let (a, b) = (left[i], right[j])
                let set = a.package == pivot ? a.set.union(b.set) : a.set.intersection(b.set)
                if !set.isEverything { result.append(Term(package: a.package, set: set)) }
                i += 1
                j += 1
            }
        }
        return result
    }
}
