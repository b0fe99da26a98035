internal import PythonPackaging

/// What somebody may have meant by a name that no index knows.
struct SimilarNames: Sendable {
    let hint: String

    /// - Parameter asked: the names that the person wrote.
    init(of name: PackageName, asked: [PackageName]) {
        let text = name.description
        if KnownNames.standardLibrary.contains(text) {
            hint = "\(text) is part of Python itself: leave it out"
        } else if let project = KnownNames.projects[text] {
            hint = "\(text) is what is imported; the package is called \(project)"
        } else if let near = Self.nearest(text, among: asked.map(\.description) + KnownNames.popular) {
            hint = "did you mean \(near)?"
        } else {
            hint = "check the spelling of \(text), and which package index is asked"
        }
    }

    /// For a name that a package may have, but that somebody probably took from `import`.
    static func importName(of name: PackageName) -> String? {
        KnownNames.projects[name.description].map { "\(name) is what is imported; the package is called \($0)" }
    }

    /// The known name that is likest, if one is like it at all.
    static func nearest(_ text: String, among known: [String]) -> String? {
        let letters = Array(text.utf8)
        let limit = letters.count < 5 ? 1 : letters.count < 10 ? 2 : 3
        var best: (name: String, distance: Int)?
        for name in known where name != text {
            let distance = distance(letters, Array(name.utf8))
            if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
        }
        // Words in another order, or set apart in another way.
        let parts = Self.parts(text)
        return best?.name ?? known.first { $0 != text && Self.parts($0) == parts }
    }

    private static func parts(_ text: String) -> [Substring] {
        text.split { !$0.isLetter && !$0.isNumber }.sorted()
    }

    /// How many letters must be changed, added, left out or swapped with a neighbour.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard abs(left.count - right.count) <= 3 else { return .max }
        var before: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var next = [row + 1]
            for column in right.indices {
                var cost = min(
                    last[column] + (left[row] == right[column] ? 0 : 1), last[column + 1] + 1, next[column] + 1)
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
