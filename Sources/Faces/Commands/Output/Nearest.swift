/// What somebody probably meant.
struct Nearest {
    /// The known word that is nearest to the one that was typed, when it is near.
    let word: String?

    init(_ typed: String, of known: [String]) {
        let wanted = Array(typed.lowercased())
        let scored = known.map { ($0, Self.distance(wanted, Array($0.lowercased()))) }
        let best = scored.min { $0.1 < $1.1 }
        // A third of the letters may be wrong; a beginning counts as near.
        let isNear = best.map { $0.1 <= max(1, wanted.count / 3) } ?? false
        word = isNear ? best?.0 : wanted.count > 2 ? known.first { $0.lowercased().hasPrefix(typed.lowercased()) } : nil
    }

    /// `did you mean 'runs'?`
    var help: String? { word.map { "did you mean '\($0)'?" } }

    /// How many letters must be changed, added, left out or swapped with a neighbour.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var before: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var next = [row + 1]
            for column in right.indices {
                var cost = min(last[column] + (left[row] == right[column] ? 0 : 1), last[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                next.append(cost)
            }
            (before, last) = (last, next)
        }
        return last[right.count]
    }
}
