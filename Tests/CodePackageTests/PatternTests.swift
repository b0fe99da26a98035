import CodePackage
import Testing

/// Patterns of ignore files and of declared data, in the words of gitignore.
@Suite struct PatternTests {
    struct Row: CustomTestStringConvertible {
        var pattern: String
        /// Files; with a slash at the end, folders.
        var meant: [String] = []
        var other: [String] = []

        var testDescription: String { pattern }
    }

    static let rows: [Row] = [
        Row(pattern: "data.csv", meant: ["data.csv", "a/data.csv", "a/b/data.csv", "data.csv/"], other: ["data.csvx", "xdata.csv"]),
        Row(pattern: "/data.csv", meant: ["data.csv"], other: ["a/data.csv"]),
        Row(pattern: "data/", meant: ["data/", "a/data/"], other: ["data", "a/data"]),
        Row(pattern: "a/b", meant: ["a/b", "a/b/"], other: ["x/a/b", "a/b/c"]),
        Row(pattern: "*.csv", meant: [".csv", "a.csv", "x/a.csv"], other: ["a.csv2", "a.CSV"]),
        Row(pattern: "a/*.csv", meant: ["a/x.csv"], other: ["a/b/x.csv", "x/a/x.csv", "x.csv"]),
        Row(pattern: "a*b*c", meant: ["abc", "axxbyyc", "aabbcc", "abcbc"], other: ["acb", "ab", "abcd"]),
        Row(pattern: "?.py", meant: ["a.py", "ü.py"], other: ["ab.py", ".py"]),
        Row(pattern: "[a-c]x[!0-9]", meant: ["axy", "cx_"], other: ["dxy", "ax1"]),
        Row(pattern: "x[]]", meant: ["x]"], other: ["x"]),
        Row(pattern: "x[^]a]", meant: ["xb"], other: ["x]", "xa"]),
        Row(pattern: "[[:digit:]_]x", meant: ["1x", "_x"], other: ["ax"]),
        Row(pattern: "x[ab", meant: ["x[ab"], other: ["xa"]),
        Row(pattern: "z[c-a]", other: ["za", "zb", "zc"]),
        Row(pattern: "**/m", meant: ["m", "a/m", "a/b/m"], other: ["m/a", "am"]),
        Row(pattern: "a/**", meant: ["a/b", "a/b/c", "a/b/"], other: ["a", "a/", "b/a/c"]),
        Row(pattern: "a/**/b", meant: ["a/b", "a/x/b", "a/x/y/b"], other: ["a/xb", "b", "a/b/c"]),
        Row(pattern: "/**/q/*.txt", meant: ["q/a.txt", "x/y/q/b.txt"], other: ["q/x/a.txt"]),
        Row(pattern: "a**b", meant: ["ab", "axb", "d/axb"], other: ["a/b"]),
        Row(pattern: "\\#a", meant: ["#a"], other: ["a"]),
        Row(pattern: "\\!a", meant: ["!a"], other: ["a"]),
        Row(pattern: "a\\*", meant: ["a*"], other: ["ab"]),
        Row(pattern: "a  ", meant: ["a"], other: ["a  "]),
        Row(pattern: "a\\ ", meant: ["a "], other: ["a"]),
        Row(pattern: "a\r", meant: ["a"], other: []),
        Row(pattern: "x/**/**/y", meant: ["x/y", "x/a/b/y"], other: ["x/ya"]),
        Row(pattern: "*a*a*a*a*a*a*a*b", other: [String(repeating: "a", count: 200)]),
        Row(pattern: "**/a/**/a/**/a/**/b", other: [String(repeating: "a/", count: 200) + "c"]),
    ]

    @Test(arguments: rows)
    func patternsMeanWhatGitSays(row: Row) throws {
        let list = PatternList(parsing: row.pattern)
        #expect(list.patterns.count == 1)
        for path in row.meant { #expect(list.means(path), "\(path)") }
        for path in row.other { #expect(!list.means(path), "\(path)") }
    }

    @Test func theLastLineThatMeansAPathDecides() {
        let list = PatternList(parsing: "\u{FEFF}# remark\n\n*.csv\r\n!keep.csv\n/keep.csv\n")
        #expect(list.patterns.map(\.text) == ["*.csv", "!keep.csv", "/keep.csv"])
        #expect(list.means("a.csv") && !list.means("a/keep.csv") && list.means("keep.csv"))
    }

    @Test(arguments: ["", "# a", "/", "!", "   "])
    func linesThatSayNothing(line: String) {
        #expect(PathPattern(line: line) == nil)
    }
}

extension PatternList {
    /// What the list says of one path, folders above it left out.
    fileprivate func means(_ path: String) -> Bool {
        let names = path.split(separator: "/").map(String.init)
        guard let index = deciding(names[...], isFolder: path.hasSuffix("/")) else { return false }
        return !patterns[index].isNegated
    }
}
