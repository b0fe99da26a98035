import Archives
import CodePackage
import FlowModel
import SystemPackage
import Testing

/// Differences of texts and packages.
@Suite struct DifferenceTests {
    /// Short texts of few letters, so that much is alike; every difference has to lead from the one to the other.
    @Test(arguments: 0..<300)
    func changesLeadFromOneToTheOther(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let old = (0..<next(12)).map { _ in next(3) }
        let new = (0..<next(12)).map { _ in next(3) }
        let changes = LineDifference(old, new).changes
        var made: [Int] = []
        var position = 0
        for change in changes {
            #expect(change.old.lowerBound >= position)
            #expect(!change.old.isEmpty || !change.new.isEmpty)
            made += old[position..<change.old.lowerBound]
            #expect(made.count == change.new.lowerBound)
            made += new[change.new]
            position = change.old.upperBound
        }
        made += old[position...]
        #expect(made == new)
        let size = changes.reduce(0) { $0 + $1.old.count + $1.new.count }
        #expect(size == old.count + new.count - 2 * Self.longestCommon(old, new))
    }

    /// The slow and obvious way.
    private static func longestCommon(_ old: [Int], _ new: [Int]) -> Int {
        var row = [Int](repeating: 0, count: new.count + 1)
        for left in old {
            var before = row
            for (index, right) in new.enumerated() {
                before[index + 1] = left == right ? row[index] + 1 : max(row[index + 1], before[index])
            }
            row = before
        }
        return row.last ?? 0
    }

    @Test func textsWithoutAnythingInCommonEndSoon() {
        let (old, new) = ((0..<20_000).map { $0 }, (0..<20_000).map { -1 - $0 })
        let changes = LineDifference(old, new).changes
        #expect(changes.map(\.old) == [0..<20_000] && changes.map(\.new) == [0..<20_000])
    }

    static let numbers = (1...20).map { "\($0)\n" }.joined()

    static let texts: [(String?, String?, [String])] = [
        ("a\n", "a\n", []),
        (nil, "a\nb\n", ["--- /dev/null", "+++ b/f.py", "@@ -0,0 +1,2 @@", "+a", "+b"]),
        ("a\n", nil, ["--- a/f.py", "+++ /dev/null", "@@ -1 +0,0 @@", "-a"]),
        (nil, "", ["--- /dev/null", "+++ b/f.py"]),
        ("a", "a\n", ["--- a/f.py", "+++ b/f.py", "@@ -1 +1 @@", "-a", "\\ No newline at end of file", "+a"]),
        ("a\r\nb\n", "a\nb\n", ["--- a/f.py", "+++ b/f.py", "@@ -1,2 +1,2 @@", "-a\r", "+a", " b"]),
        ("e\u{301}\n", "\u{e9}\n", ["--- a/f.py", "+++ b/f.py", "@@ -1 +1 @@", "-e\u{301}", "+\u{e9}"]),
        (
            numbers, numbers.replacing("5\n6\n", with: "5\nx\n").replacing("20\n", with: "20"),
            [
                "--- a/f.py", "+++ b/f.py", "@@ -3,7 +3,7 @@", " 3", " 4", " 5", "-6", "+x", " 7", " 8", " 9", "@@ -17,4 +17,4 @@",
                " 17", " 18", " 19", "-20", "+20", "\\ No newline at end of file",
            ]
        ),
    ]

    @Test(arguments: texts)
    func textsInTheUnifiedFormat(old: String?, new: String?, lines: [String]) {
        let difference = UnifiedDifference(old, new, path: "f.py")
        #expect(difference.lines == lines)
        #expect(difference.added == lines.filter { $0.hasPrefix("+") && !$0.hasPrefix("+++") }.count)
    }

    @Test func packages() throws {
        let old = Tree([("flow.py", "x\n"), ("gone.py", "g\n"), ("same.py", "s\n"), ("d.R", "\u{0}1")])
        let new = Tree([("flow.py", "y\n"), ("new.py", "n\n"), ("same.py", "s\n"), ("d.R", "\u{0}22")])
        func listing(_ tree: Tree) throws -> PackageListing {
            var contents = PackageContents(flowFile: tree.flow)
            contents.facts = ["script": .string(tree.root.string)]
            let package = try FlowPackage(contents)
            let archive = try TarReader(try Gzip.decompress(package.archive())).entries()
            #expect(PackageListing(archive).files == (try PackageListing(package)).files)
            return PackageListing(archive)
        }
        let difference = PackageDifference(from: try listing(old), to: try listing(new))
        #expect(difference.files.map { "\($0.path) \($0.change)" } == ["d.R changed", "flow.py changed", "gone.py removed", "new.py added"])
        #expect(difference.lines.first == "Binary files a/d.R and b/d.R differ: 2 bytes, 3 bytes")
        #expect(PackageDifference(from: try listing(old), to: try listing(old)).isEmpty)
    }
}
