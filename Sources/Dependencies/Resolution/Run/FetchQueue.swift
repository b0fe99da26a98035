internal import CondaPackaging
internal import CondaSolving
internal import PythonPackaging

/// Something to be learnt from an index, or from wherever a direct reference leads.
enum Fetch: Hashable, Sendable {
    case page(PackageName)
    case metadata(PackageName, candidate: Int)
    /// A direct reference, by its place among those for the package.
    case reference(PackageName, Int)
    /// The records of a conda package.
    case records(CondaName)
    /// Which projects a record of a conda package has, by its place among the package's candidates.
    case provided(CondaPackageID, record: Int)
    /// What the metadata of a project in a record says.
    case standIn(PackageName, CondaPackageID, record: Int)
}

/// What to fetch next: what the solver waits for before what is only likely. Nothing is fetched twice.
struct FetchQueue: Sendable {
    private var urgent: [Fetch] = []
    private var nextUrgent = 0
    private var likely: [Fetch] = []
    private var nextLikely = 0
    private var seen: Set<Fetch> = []
    private var started: Set<Fetch> = []

    mutating func add(_ fetch: Fetch, isUrgent: Bool) {
        let isNew = seen.insert(fetch).inserted
        if isUrgent {
            if !started.contains(fetch) { urgent.append(fetch) }
        } else if isNew {
            likely.append(fetch)
        }
    }

    mutating func next() -> Fetch? {
        while nextUrgent < urgent.count {
            let fetch = urgent[nextUrgent]
            nextUrgent += 1
            if started.insert(fetch).inserted { return fetch }
        }
        while nextLikely < likely.count {
            let fetch = likely[nextLikely]
            nextLikely += 1
            if started.insert(fetch).inserted { return fetch }
        }
        return nil
    }
}
