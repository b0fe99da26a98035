import CondaPackaging

/// In which order packages are linked: what others depend on first, otherwise by name. The first to have a path keeps it.
struct LinkOrder {
    private let places: [CondaName: Int]
    private let packages: [CondaInstallation]
    private var isDone: [Bool]
    private(set) var sorted: [CondaInstallation] = []

    init(_ packages: [CondaInstallation]) {
        self.packages = packages
        places = Dictionary(packages.enumerated().map { ($1.record.name, $0) }) { first, _ in first }
        isDone = packages.map { _ in false }
        for place in packages.indices.sorted(by: { packages[$0].record.name < packages[$1].record.name }) { visit(place) }
    }

    /// Goes down without recursion, since chains of dependencies can be long; a circle is left where it closes.
    private mutating func visit(_ start: Int) {
        var path: [(place: Int, rest: ArraySlice<Int>)] = []
        enter(start, &path)
        while let last = path.indices.last {
            guard let next = path[last].rest.popFirst() else {
                sorted.append(packages[path.removeLast().place])
                continue
            }
            enter(next, &path)
        }
    }

    private mutating func enter(_ place: Int, _ path: inout [(place: Int, rest: ArraySlice<Int>)]) {
        guard !isDone[place] else { return }
        isDone[place] = true
        let needed = packages[place].record.depends.compactMap { text in
            (try? CondaName(parsing: MatchSpec.name(in: text))).flatMap { places[$0] }
        }
        path.append((place, needed.sorted { packages[$0].record.name < packages[$1].record.name }[...]))
    }
}
