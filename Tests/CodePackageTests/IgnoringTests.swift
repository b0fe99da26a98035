import CodePackage
import Diagnostics
import SystemPackage
import Testing

/// `.penstockignore`, and data files that a flow declares.
@Suite struct IgnoringTests {
    struct Row: CustomTestStringConvertible {
        var testDescription: String
        var tree: [(String, String)]
        var data: [String] = []
        var packed: [String]
    }

    static let rows: [Row] = [
        Row(
            testDescription: "files and folders are left out",
            tree: [(".penstockignore", "old/\n*_test.py\n"), ("old/m.py", ""), ("sub/old/n.py", ""), ("a_test.py", ""), ("a.py", "")],
            packed: ["a.py", "flow.py"]),
        Row(
            testDescription: "inner files win over outer ones",
            tree: [
                (".penstockignore", "gen_*.py\n"), ("sub/.penstockignore", "!gen_b.py\n/c.py\n"), ("sub/gen_a.py", ""),
                ("sub/gen_b.py", ""), ("sub/c.py", ""), ("sub/d/c.py", ""), ("gen_b.py", ""),
            ], packed: ["flow.py", "sub/d/c.py", "sub/gen_b.py"]),
        Row(
            testDescription: "nothing comes back from a folder that is left out",
            tree: [(".penstockignore", "sub/\n!sub/m.py\n"), ("sub/m.py", ""), ("n.py", "")], packed: ["flow.py", "n.py"]),
        Row(
            testDescription: "what is below a folder can be kept", tree: [(".penstockignore", "sub/*\n!sub/m.py\n"), ("sub/m.py", ""), ("sub/n.py", "")],
            packed: ["flow.py", "sub/m.py"]),
        Row(
            testDescription: "the flow file stays", tree: [(".penstockignore", "*.py\n"), ("m.py", "")], packed: ["flow.py"]),
        Row(
            testDescription: "an ignore file adds nothing", tree: [(".penstockignore", "!notes.txt\n"), ("notes.txt", "")],
            packed: ["flow.py"]),
        Row(
            testDescription: "behind links the names of the way count",
            tree: [(".penstockignore", "/link/out.py\n"), ("real/out.py", ""), ("link", "-> real")], packed: ["flow.py", "real/out.py"]),
        Row(
            testDescription: "data by path, by pattern, by folder",
            tree: [("data/a.csv", ""), ("data/b.csv", ""), ("x/p.txt", ""), ("x/q.md", ""), ("model/w/1.bin", ""), ("model/2", "")],
            data: ["data/a.csv", "*.txt", "model/"],
            packed: ["data/a.csv", "flow.py", "model/2", "model/w/1.bin", "x/p.txt"]),
        Row(
            testDescription: "a pattern takes back what one before it says",
            tree: [("d/a.csv", ""), ("d/raw/b.csv", ""), ("d/c.csv", "")], data: ["d/", "!d/c.csv", "!d/raw/*"],
            packed: ["d/a.csv", "flow.py"]),
        Row(
            testDescription: "a declared path wins over an ignore file",
            tree: [(".penstockignore", "big/\n*.csv\n"), ("big/a.csv", ""), ("big/b.csv", ""), ("big/c.py", ""), ("d.csv", "")],
            data: ["big/a.csv", "d.csv"], packed: ["big/a.csv", "d.csv", "flow.py"]),
        Row(
            testDescription: "a pattern without a place takes nothing out of a folder that is left out",
            tree: [(".penstockignore", "big/\n"), ("big/a.csv", ""), ("d.csv", "")], data: ["*.csv"], packed: ["d.csv", "flow.py"]),
        Row(
            testDescription: "hidden files are asked for by name",
            tree: [("d/.cache", ""), ("d/a", ""), ("d/.env", ""), (".hidden/a.csv", "")], data: ["d/*", "d/.env"],
            packed: ["d/.env", "d/a", "flow.py"]),
    ]

    @Test(arguments: rows)
    func theRulesHold(row: Row) throws {
        let tree = Tree([("flow.py", "")] + row.tree)
        #expect(try paths(tree, row.data) == row.packed)
    }

    @Test func dataThatIsNotThereIsNamed() {
        let tree = Tree([("flow.py", ""), ("data/a.csv", "")])
        #expect(throws: CodePackageError.noSuchData(pattern: "data/*.txt", tree.root)) { try paths(tree, ["data/", "data/*.txt"]) }
        #expect(throws: CodePackageError.noSuchData(pattern: "*.bin", tree.root)) { try paths(tree, ["*.bin"]) }
        for pattern in ["../x.csv", "data/../../x", "./a"] {
            #expect(throws: CodePackageError.badData(pattern: pattern, tree.root)) { try paths(tree, [pattern]) }
        }
    }

    @Test func aLargePackageNamesItsLargestFiles() throws {
        let tree = Tree([("flow.py", "1"), ("big.py", String(repeating: "x", count: 500)), ("sub/b.py", "12345")])
        let weight = PackageWeight(of: try FlowPackage(PackageContents(flowFile: tree.flow)), shown: 2)
        #expect(weight.bytes == 506 && weight.count == 3)
        #expect(weight.largest.map(\.path) == ["big.py", "sub/b.py"])
    }

    private func paths(_ tree: Tree, _ data: [String]) throws -> [String] {
        var contents = PackageContents(flowFile: tree.flow)
        contents.data = PatternList(data.compactMap { PathPattern(line: $0) })
        return try FlowPackage(contents).files.filter { $0.role == .user }.map(\.path.string)
    }
}
