import Lockfiles

extension LockTarget {
    /// The targets that serve all that are wanted, in order.
    ///
    /// - Parameter locked: those of an earlier lock, which stay as they are where they serve.
    static func fewest(_ wanted: [LockTarget], keeping locked: [LockTarget]) -> [LockTarget] {
        var few: [LockTarget] = []
        for target in wanted.map({ wanted in locked.first { $0.covers(wanted) } ?? wanted }).sorted() {
            guard !few.contains(where: { $0.covers(target) }) else { continue }
            few.removeAll { target.covers($0) }
            few.append(target)
        }
        return few
    }
}
