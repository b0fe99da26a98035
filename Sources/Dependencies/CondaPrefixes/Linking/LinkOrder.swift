import CondaPackaging

/// The order of packages: what others depend on first; of those that do not know each other, the last by name first.
///
/// It is rattler's order, since an order that others agree on is worth more than another good one. Scripts run in it, and of a
/// path that several packages have, the last one's stays.
struct LinkOrder {
    private let packages: [CondaInstallation]
    /// By name, ascending.
    private let names: [Int]
    /// What each package depends on, as far as it is among them, in the order of the record.
    private let needs: [[Int]]
    private var isDone: [Bool]
    private(set) var sorted: [CondaInstallation] = []

    init(_ packages: [CondaInstallation]) {
        self.packages = packages
        names = packages.indices.sorted { packages[$0].record.name < packages[$1].record.name }
        let places = Dictionary(packages.enumerated().map { ($1.record.name, $0) }) { first, _ in first }
        var needs = packages.map { package in
            package.record.depends.compactMap { text in
                (try? CondaName(parsing: MatchSpec.name(in: text))).flatMap { places[$0] }
            }
        }
        for cut in DependencyCircles(needs, starts: names).cuts({ packages[$0].record.noarch != nil }) {
            needs[cut.from].removeAll { $0 == cut.to }
        }
        self.needs = needs
        isDone = packages.map { _ in false }
        let needed = Set(needs.joined())
        for place in names.reversed() where !needed.contains(place) { visit(place) }
        // Circles that nobody else needs.
        for place in names.reversed() where !isDone[place] { visit(place) }
    }

    /// Goes down without recursion, since chains of dependencies can be long; a circle is left where it closes.
    private mutating func visit(_ start: Int) {
        var path: [(place: Int, rest: ArraySlice<Int>)] = []
        enter(start, &path)
        while let last = path.indices.last {
            guard let next = path[last].rest.popLast() else {
                sorted.append(packages[path.removeLast().place])
                continue
            }
            enter(next, &path)
        }
    }

    private mutating func enter(_ place: Int, _ path: inout [(place: Int, rest: ArraySlice<Int>)]) {
        guard !isDone[place] else { return }
        isDone[place] = true
        path.append((place, needs[place].sorted { packages[$0].record.name < packages[$1].record.name }[...]))
    }
}

/// Packages that depend on each other in a circle, such as Python and pip.
private struct DependencyCircles {
    private let needs: [[Int]]
    private var circles: [[Int]] = []

    init(_ needs: [[Int]], starts: [Int]) {
        self.needs = needs
        var isSeen = needs.map { _ in false }
        for start in starts where !isSeen[start] { follow(start, &isSeen) }
    }

    private mutating func follow(_ start: Int, _ isSeen: inout [Bool]) {
        var path: [(place: Int, rest: ArraySlice<Int>)] = [(start, needs[start][...])]
        isSeen[start] = true
        var depths = [start: 0]
        while let last = path.indices.last {
            guard let next = path[last].rest.popFirst() else {
                depths[path.removeLast().place] = nil
                continue
            }
            if let depth = depths[next] {
                circles.append(path[depth...].map(\.place))
            } else if !isSeen[next] {
                isSeen[next] = true
                depths[next] = path.count
                path.append((next, needs[next][...]))
            }
        }
    }

    /// The dependencies to look away from: of one on a package for any platform where there is such a pair, so that this
    /// package comes last; otherwise of the first one on the last.
    func cuts(_ isNoArch: (Int) -> Bool) -> [(from: Int, to: Int)] {
        circles.compactMap { circle in
            for (number, place) in circle.enumerated() {
                let next = circle[(number + 1) % circle.count]
                switch (isNoArch(place), isNoArch(next)) {
                case (false, true): return (place, next)
                case (true, false): return (next, place)
                default: if number == circle.count - 1 { return (next, place) }
                }
            }
            return nil
        }
    }
}
