import Archives
import CodePackage
import Diagnostics
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Which of the person's files are packed.
@Suite struct WalkTests {
    struct Row: CustomTestStringConvertible {
        var testDescription: String
        var tree: [(String, String)]
        var suffixes: [String] = []
        var packed: [String]
    }

    static let rows: [Row] = [
        Row(
            testDescription: "Python and R below the folder",
            tree: [("helper.py", ""), ("sub/deep/m.py", ""), ("a.R", ""), ("b.RDS", ""), ("c.rds", ""), ("d.PY", ""), ("x.txt", "")],
            packed: ["a.R", "b.RDS", "c.rds", "d.PY", "flow.py", "helper.py", "sub/deep/m.py"]),
        Row(
            testDescription: "more suffixes, in any case", tree: [("q.SQL", ""), ("t.txt", ""), ("Makefile", ""), ("u.csv", "")],
            suffixes: [".sql", ".TXT", "Makefile"], packed: ["Makefile", "flow.py", "q.SQL", "t.txt"]),
        Row(
            testDescription: "hidden files only by their whole name",
            tree: [(".env", ""), (".hidden.py", ""), (".envrc", ""), ("sub/.env", "")], suffixes: [".env"],
            packed: [".env", "flow.py", "sub/.env"]),
        Row(
            testDescription: "folders that are skipped at any depth",
            tree: [
                (".git/hook.py", ""), (".venv/lib/x.py", ""), ("__pycache__/x.py", ""), ("sub/__pycache__/x.py", ""),
                ("sub/.metaflow/x.py", ""), ("_escape_trampolines/x.py", ""), (".mf_code/x.py", ""), ("sub/.mf_meta/y.py", ""),
                ("kept/x.py", ""),
            ], packed: ["flow.py", "kept/x.py"]),
        Row(
            testDescription: "a linked file under the link's name", tree: [("data/real.py", ""), ("link.py", "-> data/real.py")],
            packed: ["data/real.py", "flow.py", "link.py"]),
        Row(
            testDescription: "a link to its own folder adds one copy", tree: [("x", "-> ."), ("m.py", "")],
            packed: ["flow.py", "m.py", "x/flow.py", "x/m.py"]),
        Row(
            testDescription: "a link upward adds one copy", tree: [("sub/up", "-> .."), ("sub/m.py", "")],
            packed: ["flow.py", "sub/m.py", "sub/up/flow.py", "sub/up/sub/m.py"]),
        Row(
            testDescription: "two links to one folder both count", tree: [("one", "-> real"), ("two", "-> real"), ("real/m.py", "")],
            packed: ["flow.py", "one/m.py", "real/m.py", "two/m.py"]),
        Row(
            testDescription: "two folders that lead to each other",
            tree: [("a/m.py", ""), ("a/b", "-> ../b"), ("b/n.py", ""), ("b/a", "-> ../a")],
            packed: [
                "a/b/a/m.py", "a/b/n.py", "a/m.py", "b/a/b/n.py", "b/a/m.py", "b/n.py", "flow.py",
            ]),
        Row(
            testDescription: "skipped folders stay out behind links",
            tree: [("shared/.git/x.py", ""), ("shared/__pycache__/y.py", ""), ("shared/m.py", ""), ("l", "-> shared"), (".h", "-> shared")],
            packed: ["flow.py", "l/m.py", "shared/m.py"]),
        Row(
            testDescription: "a virtual environment beside the flow",
            tree: [("venv/pyvenv.cfg", ""), ("venv/lib/site-packages/numpy/__init__.py", ""), ("lib/m.py", "")],
            packed: ["flow.py", "lib/m.py"]),
        Row(
            testDescription: "links that are not wanted may dangle", tree: [("gone.txt", "-> nowhere"), ("loop", "-> loop")],
            packed: ["flow.py"]),
        Row(
            testDescription: "a folder may be named like a file", tree: [("odd.py/inner.py", ""), ("empty.py/", "")],
            packed: ["flow.py", "odd.py/inner.py"]),
        Row(
            testDescription: "names beyond ASCII, and long paths",
            tree: [("größe.py", ""), (String(repeating: "long_folder_name/", count: 12) + "m.py", "")],
            packed: ["flow.py", "größe.py", String(repeating: "long_folder_name/", count: 12) + "m.py"].sorted()),
    ]

    @Test(arguments: rows)
    func theRulesHold(row: Row) throws {
        let tree = Tree([("flow.py", "")] + row.tree)
        #expect(try tree.userFiles(row.suffixes) == row.packed)
    }

    @Test func linksOutOfTheFolderAreFollowed() throws {
        let shared = Tree([("lib/m.py", "shared"), ("lib/sub/n.py", "")])
        let tree = Tree([("flow.py", ""), ("lib", "-> \(shared.root.string)/lib")])
        #expect(try tree.userFiles() == ["flow.py", "lib/m.py", "lib/sub/n.py"])
        let archive = try FlowPackage(PackageContents(flowFile: tree.flow)).archive()
        #expect(try unpacked(archive)["lib/m.py"] == Array("shared".utf8))
    }

    @Test func aWantedLinkThatDanglesIsNamed() {
        for target in ["nowhere.py", "gone.py"] {
            let tree = Tree([("flow.py", ""), ("sub/gone.py", "-> \(target)")])
            #expect(throws: CodePackageError.danglingLink(tree.root.pushing("sub/gone.py"))) { try tree.userFiles() }
        }
    }

    @Test func whatIsNoFileIsNamed() {
        let tree = Tree([("flow.py", "")])
        let pipe = tree.root.appending("pipe.py")
        mkfifo(pipe.string, 0o644)
        #expect(throws: CodePackageError.notAFile(pipe)) { try tree.userFiles() }
    }

    @Test(arguments: [Array("back\\slash.py".utf8), [0xFF, 0xFE] + Array(".py".utf8)])
    func namesThatCannotBePackedAreRefused(bytes: [UInt8]) {
        let tree = Tree([("flow.py", "")])
        let path = FilePath(platformString: (Array("\(tree.root.string)/".utf8) + bytes).map { CChar(bitPattern: $0) } + [0])
        _ = path.withPlatformString { close(open($0, O_CREAT | O_WRONLY, 0o644)) }
        #expect { try tree.userFiles() } throws: { error in
            guard case .unusableName(let found) = error as? CodePackageError else { return false }
            return found == path
        }
    }

    @Test func aHugeFolderEndsWithAnAnswer() {
        let tree = Tree([("flow.py", "1234567890"), ("a/m.py", ""), ("b/m.py", "")])
        func error(_ change: (inout PackageLimits) -> Void) -> Bool {
            var contents = PackageContents(flowFile: tree.flow)
            change(&contents.limits)
            do throws(CodePackageError) {
                _ = try FlowPackage(contents)
                return false
            } catch {
                guard case .tooMuch(_, tree.root) = error else { return false }
                return error.diagnostic.help != nil
            }
        }
        #expect(error { $0.files = 2 })
        #expect(error { $0.folders = 1 })
        #expect(error { $0.bytes = 9 })
        #expect(!error { ($0.files, $0.folders, $0.bytes) = (3, 2, 10) })
    }

    /// Each of these folders leads to all others: without a limit there would be 12! ways through them.
    @Test func aThicketOfLinksEndsWithAnAnswer() {
        let names = (0..<12).map { "f\($0)" }
        let links = names.flatMap { from in names.filter { $0 != from }.map { ("\(from)/\($0)", "-> ../\($0)") } }
        let tree = Tree([("flow.py", "")] + names.map { ("\($0)/", "") } + links)
        var contents = PackageContents(flowFile: tree.flow)
        contents.limits.folders = 300
        #expect(throws: CodePackageError.self) { try FlowPackage(contents) }
    }

    @Test func aFlowFileWithoutASuffixBelongsToIt() throws {
        let tree = Tree([("flow", "code"), ("m.py", "")])
        let package = try FlowPackage(PackageContents(flowFile: tree.root.appending("flow")))
        #expect(package.files.filter { $0.role == .user }.map(\.path.string) == ["flow", "m.py"])
        #expect(package.script == "flow")
        #expect(throws: CodePackageError.self) { try FlowPackage(PackageContents(flowFile: tree.root.appending("gone"))) }
    }

    @Test(arguments: [(".sql,.txt", [".sql", ".txt"]), (" .sql , .txt,", [".sql", ".txt"]), ("", []), (",", [])])
    func suffixesAreRead(text: String, suffixes: [String]) {
        #expect(PackageContents.suffixes(parsing: text) == suffixes)
    }
}
