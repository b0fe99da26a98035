/// The data files that a flow declares: patterns below its folder.
struct DataFiles {
    let list: PatternList
    /// Which patterns meant something.
    private(set) var used: Set<Int> = []

    init(_ list: PatternList) {
        self.list = list
    }

    var isEmpty: Bool { list.patterns.isEmpty }

    /// What is said of a path: `nil` when no pattern means it, so that what is said of its folder holds.
    ///
    /// - Parameter isApart: whether an ignore file leaves its folder out, from which only patterns with a place take files.
    mutating func choice(_ path: [String], isFolder: Bool, isApart: Bool) -> Bool? {
        guard let index = list.deciding(path[...], isFolder: isFolder) else { return nil }
        let pattern = list.patterns[index]
        if isApart, !pattern.isAnchored { return nil }
        if !isFolder, path.last?.hasPrefix(".") == true, !pattern.namesHidden { return nil }
        used.insert(index)
        return !pattern.isNegated
    }

    /// Whether a folder that an ignore file leaves out has to be looked through all the same.
    func reaches(below folder: [String]) -> Bool {
        list.patterns.contains { !$0.isNegated && $0.reaches(below: folder[...]) }
    }

    /// The first pattern that meant nothing.
    var unused: PathPattern? {
        list.patterns.indices.first { !list.patterns[$0].isNegated && !used.contains($0) }.map { list.patterns[$0] }
    }
}
