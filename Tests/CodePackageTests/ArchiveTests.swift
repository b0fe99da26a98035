import Archives
import CodePackage
import Digests
import FlowModel
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The archive of a package.
@Suite struct ArchiveTests {
    static let files = [
        ("flow.py", "import helper"), ("helper.py", "x = 1"), ("sub/m.py", "y = 2"), ("sub/.env", "K=V"), ("z/a.py", ""),
    ]

    func sdk() -> Tree {
        Tree([
            ("penstock/__init__.py", "sdk"), ("penstock/card.html", "<p>"), ("penstock/py.typed", ""), ("penstock/_x.pyc", ""),
            ("penstock/__pycache__/a.py", ""), ("metaflow/__init__.py", "compat"), ("tests/test_x.py", ""),
        ])
    }

    func contents(_ tree: Tree, _ sdk: Tree) throws -> PackageContents {
        PackageContents(
            flowFile: tree.flow, suffixes: [".env"], sdk: sdk.root,
            facts: ["script": .string("flow.py"), "platform": .string("linux"), "production_token": .null, "git": .object([:])],
            extras: [PackageExtra(path: try EntryPath(parsing: "pylock.train.toml"), bytes: Array("lock".utf8))])
    }

    @Test func everythingHasItsPlace() throws {
        let (tree, sdk) = (Tree(Self.files), sdk())
        let package = try FlowPackage(contents(tree, sdk))
        #expect(package.script == "flow.py")
        let files = try unpacked(package.archive())
        #expect(files.keys.sorted() == [
            ".mf_code/metaflow/__init__.py", ".mf_code/penstock/__init__.py", ".mf_code/penstock/card.html", ".mf_install",
            ".mf_meta/CONFIG", ".mf_meta/INFO", ".mf_meta/pylock.train.toml", "flow.py", "helper.py", "sub/.env", "sub/m.py",
            "z/a.py",
        ])
        #expect(package.files.map(\.path.string) == files.keys.sorted())
        for file in package.files { #expect(file.size == Int64(files[file.path.string]?.count ?? -1)) }
        #expect(files["flow.py"] == Array("import helper".utf8))
        #expect(files[".mf_meta/INFO"] == Array(#"{"platform":"linux","script":"flow.py"}"#.utf8))
        #expect(files[".mf_meta/CONFIG"] == Array("{}".utf8))
        #expect(files[".mf_install"] == Array(#"{"module_files":[],"version":1}"#.utf8))
        #expect(files[".mf_meta/pylock.train.toml"] == Array("lock".utf8))
    }

    /// The module `metaflow` is a distribution of its own; without the SDK itself no step could start.
    @Test func theNamesOfMetaflowMayBeMissing() throws {
        let (tree, sdk) = (Tree(Self.files), Tree([("penstock/__init__.py", "sdk")]))
        let package = try FlowPackage(contents(tree, sdk))
        #expect(package.files.map(\.path.string).filter { $0.hasPrefix(".mf_code/") } == [".mf_code/penstock/__init__.py"])
        #expect(throws: CodePackageError.self) { try FlowPackage(contents(tree, Tree([("metaflow/__init__.py", "")]))) }
    }

    /// Other times, another umask, another order of making, another folder: the same bytes.
    @Test func anUnchangedTreeGivesTheSameBytes() throws {
        let sdk = sdk()
        let first = Tree(Self.files)
        let second = Tree(Self.files.reversed())
        for (path, _) in Self.files {
            let name = second.root.pushing(FilePath(path)).string
            var times = [timespec(tv_sec: 1_000_000, tv_nsec: 5), timespec(tv_sec: 2_000_000, tv_nsec: 7)]
            utimensat(AT_FDCWD, name, &times, 0)
            chmod(name, 0o600)
        }
        chmod(second.root.appending("sub").string, 0o700)
        let archives = try [first, second, first].map { try FlowPackage(contents($0, sdk)).archive() }
        #expect(archives[0] == archives[1])
        #expect(archives[0] == archives[2])
        second.add("helper.py", "x = 2")
        #expect(try FlowPackage(contents(second, sdk)).archive() != archives[0])
    }

    /// Changes of this digest need a reason: an old run's code would no longer be found to be the same.
    @Test func theBytesAreTheSameOnEveryMachine() throws {
        let tree = Tree([("flow.py", "print('hello')\n"), ("sub/m.py", "")])
        let package = try FlowPackage(PackageContents(flowFile: tree.flow, facts: ["script": .string("flow.py")]))
        let plain = try Gzip.decompress(package.archive())
        #expect(plain.count == 10240)
        #expect(SHA256Digest(hashing: plain).hex == "2e25e816b0735f021e1fac76deea5f7ddb510692001982b3a302b09ffc0b0dcb")
    }

    @Test func onlyTheExecutableBitIsKept() throws {
        let tree = Tree([("flow.py", ""), ("tool.py", "")])
        chmod(tree.root.appending("tool.py").string, 0o700)
        let archive = try FlowPackage(PackageContents(flowFile: tree.flow)).archive()
        let entries = try TarReader(try Gzip.decompress(archive)).entries()
        let executable = entries.filter { if case .file(_, true) = $0.content { true } else { false } }
        #expect(executable.map(\.path.string) == ["tool.py"])
    }

    @Test func modulesArePackedWhole() throws {
        let tree = Tree([("flow.py", "")])
        let library = Tree([
            ("outer/__init__.py", ""), ("outer/thing/__init__.py", ""), ("outer/thing/data.json", "{}"), ("outer/thing/x.pyc", ""),
            ("outer/thing/.git/x", ""), ("space/part.py", ""), ("single.py", "one"),
        ])
        let modules = [
            PackagedModule(file: library.root.pushing("outer/thing/__init__.py")),
            PackagedModule(name: "space", location: library.root.appending("space")),
            PackagedModule(file: library.root.appending("single.py")),
        ]
        #expect(modules.map(\.name) == ["outer.thing", "space", "single"])
        let package = try FlowPackage(PackageContents(flowFile: tree.flow, modules: modules))
        let expected = [
            ".mf_code/outer/thing/__init__.py", ".mf_code/outer/thing/data.json", ".mf_code/single.py",
            ".mf_code/space/__init__.py", ".mf_code/space/part.py",
        ]
        #expect(package.files.filter { $0.role == .module }.map(\.path.string) == expected)
        let install = try unpacked(package.archive())[".mf_install"] ?? []
        for path in expected { #expect(String(decoding: install, as: UTF8.self).contains("\"\(path)\"")) }
    }

    /// `importlib.metadata` finds the distribution of a module beside it.
    @Test func whatADistributionSaysComesAlong() throws {
        let tree = Tree([("flow.py", "")])
        let library = Tree([
            ("two/part/__init__.py", ""), ("Two-2.0.dist-info/METADATA", "Name: Two"), ("Two-2.0.dist-info/RECORD", "two/part/__init__.py,,\n"),
            ("Two-2.0.dist-info/INSTALLER", "pip"), ("one.py", ""), ("one-1.0.dist-info/METADATA", "Name: one"),
            ("one-1.0.dist-info/top_level.txt", "zero\none\n"), ("one-1.0.dist-info/entry_points.txt", "[x]"), ("lone.py", ""),
            ("other-1.0.dist-info/RECORD", "twofold/x.py,,\n"), ("other-1.0.dist-info/METADATA", ""),
        ])
        let modules = [("two.part", "two/part"), ("one", "one.py"), ("lone", "lone.py")].map {
            PackagedModule(name: $0, location: library.root.pushing(FilePath($1)))
        }
        let package = try FlowPackage(PackageContents(flowFile: tree.flow, modules: modules))
        #expect(package.files.map(\.path.string).filter { $0.contains("dist-info") } == [
            ".mf_code/Two-2.0.dist-info/METADATA", ".mf_code/one-1.0.dist-info/METADATA", ".mf_code/one-1.0.dist-info/entry_points.txt",
            ".mf_code/one-1.0.dist-info/top_level.txt",
        ])
    }

    @Test func decoratorsAddFiles() throws {
        let tree = Tree([("flow.py", ""), ("mine.py", "own")])
        let others = Tree([("a.txt", "user"), ("b.txt", "code"), ("c.txt", "meta"), ("mine.py", "not this"), ("whole.py", "")])
        var contents = PackageContents(flowFile: tree.flow)
        contents.additions = [
            .init(kind: .user, path: others.root.appending("a.txt").string, name: "data/a.txt"),
            .init(kind: .user, path: others.root.appending("mine.py").string, name: "mine.py"),
            .init(kind: .code, path: others.root.appending("b.txt").string, name: "lib/b.txt"),
            .init(kind: .other, path: others.root.appending("c.txt").string, name: "facts/c.txt"),
            .init(kind: .module, path: others.root.appending("whole.py").string, name: "whole"),
        ]
        contents.configs = ["c": .array([.object(["a": .integer(1)]), .bool(false)])]
        let files = try unpacked(FlowPackage(contents).archive()).mapValues { String(decoding: $0, as: UTF8.self) }
        #expect(files["data/a.txt"] == "user" && files["mine.py"] == "own")
        #expect(files[".mf_code/lib/b.txt"] == "code" && files[".mf_code/whole.py"] == "")
        #expect(files[".mf_meta/facts/c.txt"] == "meta")
        #expect(files[".mf_meta/CONFIG"] == #"{"user_configs":{"c":[{"a":1},false]}}"#)
        contents.additions = [.init(kind: .user, path: "/nowhere/at/all", name: "x")]
        #expect(throws: CodePackageError.self) { try FlowPackage(contents) }
    }

    @Test func twoFilesForOnePlaceAreNamed() throws {
        let (tree, sdk) = (Tree([("flow.py", "")]), sdk())
        let other = Tree([("penstock/__init__.py", "another")])
        var contents = try contents(tree, sdk)
        contents.modules = [PackagedModule(name: "penstock", location: other.root.appending("penstock"))]
        let clash = CodePackageError.conflict(
            path: ".mf_code/penstock/__init__.py", sdk.root.pushing("penstock/__init__.py"),
            other.root.pushing("penstock/__init__.py"))
        #expect(throws: clash) { try FlowPackage(contents) }
        contents.modules = []
        contents.extras.append(contents.extras[0])
        #expect(throws: CodePackageError.self) { try FlowPackage(contents) }
    }

    @Test func aFileThatVanishesIsNamed() throws {
        let tree = Tree([("flow.py", ""), ("m.py", "")])
        let package = try FlowPackage(PackageContents(flowFile: tree.flow))
        unlink(tree.root.appending("m.py").string)
        let error = CodePackageError.system(tree.root.appending("m.py"), operation: "open", code: ENOENT)
        #expect(throws: error) { try package.archive() }
    }
}
