/// Patterns of one file or one declaration: the last one that means a path decides.
package struct PatternList: Hashable, Sendable {
    package private(set) var patterns: [PathPattern]

    package init(_ patterns: [PathPattern] = []) {
        self.patterns = patterns
    }

    /// Reads a file of patterns, a line each.
    package init(parsing text: String) {
        let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : Substring(text)
        patterns = text.split(omittingEmptySubsequences: true) { $0.isNewline }.compactMap { PathPattern(line: $0) }
    }

    /// The number of the pattern that decides; `nil` when none means the path.
    package func deciding(_ path: ArraySlice<String>, isFolder: Bool) -> Int? {
        patterns.lastIndex { $0.matches(path, isFolder: isFolder) }
    }
}

/// The ignore files that are in force in a folder of a walk: its own and those of the folders above it.
struct IgnoreRules {
    /// Where such rules stand, in any folder of the walk.
    static let fileName = ".penstockignore"

    /// From the outermost in, each with the number of names of the folder it stands in.
    private var lists: [(depth: Int, list: PatternList)] = []

    var isEmpty: Bool { lists.isEmpty }

    /// With the file of a folder that is this deep below the root of the walk.
    func adding(_ list: PatternList, depth: Int) -> IgnoreRules {
        var rules = self
        rules.lists.append((depth, list))
        return rules
    }

    /// Whether a path, from the root of the walk, is left out. Inner files win over outer ones.
    func leavesOut(_ path: [String], isFolder: Bool) -> Bool {
        for (depth, list) in lists.reversed() {
            if let index = list.deciding(path[depth...], isFolder: isFolder) { return !list.patterns[index].isNegated }
        }
        return false
    }
}
