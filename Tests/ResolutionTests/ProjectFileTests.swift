import Diagnostics
import PackageSources
import PythonPackaging
import Resolution
import Testing

@Suite("Projects and scripts")
struct ProjectFileTests {
    private static func read(
        _ text: String, as name: String = "/w/pyproject.toml", others: [String: String] = [:],
        files: [String]? = nil, groups: [String] = [], extras: [String] = [], allExtras: Bool = false
    ) async throws(RequestError) -> ReadRequest {
        var all = others
        all[name] = text
        let reader = RequestReader(folder: "/w", files: FolderOfTexts(all))
        return try await reader.read(
            RequestSources(files: files ?? [name], groups: groups, extras: extras, allExtras: allExtras))
    }

    private static let project = """
        [project]
        name = "Some.Project"
        requires-python = ">=3.9"
        dependencies = [
            "a>=1",
            "b[x] ; os_name == 'nt'",
            "c @ file:lib/c",
        ]
        [project.optional-dependencies]
        Web_Server = ["d", "some-project[db]; python_version < '3.12'"]
        db = ["e", "some_project[web.server]"]
        all = ["some-project[web-server,db]"]
        [dependency-groups]
        Dev = ["f", {include-group = "test"}]
        test = ["g", {include-group = "Lint_All"}]
        lint-all = ["h"]
        self = ["some-project[db]"]
        """

    @Test("the dependencies of a project, with their lines")
    func dependencies() async throws {
        let read = try await Self.read(Self.project)
        #expect(read.texts == ["a>=1", "b[x]; os_name == \"nt\"", "c @ file:///w/lib/c"])
        #expect(read.request.requirements.map { $0.asker?.line } == [5, 6, 7])
        #expect(read.request.requirements[0].asker?.words == "pyproject.toml")
        #expect(read.requiresPython?.description == ">=3.9")
        #expect(read.indexOptions.projectFolder == "/w")
    }

    @Test(
        "extras, also those that include each other", arguments: [
            (["db"], ["e", "d"]), (["web-server"], ["d", "e; python_version < \"3.12\""]),
            (["ALL"], ["e", "d"]), (["db", "DB"], ["e", "d", "e", "d"]),
        ])
    func extras(_ extras: [String], _ added: [String]) async throws {
        let read = try await Self.read(Self.project, extras: extras)
        #expect(Array(read.texts.dropFirst(3)) == added)
        #expect(read.request.requirements.last?.asker?.words.hasPrefix("the extra '") == true)
    }

    @Test("all extras")
    func allExtras() async throws {
        let read = try await Self.read(Self.project, allExtras: true)
        #expect(Set(read.texts).isSuperset(of: ["d", "e"]))
    }

    @Test(
        "groups, with those that they include", arguments: [
            (["dev"], ["f", "g", "h"]), (["DEV", "lint_all"], ["f", "g", "h", "h"]), (["pyproject.toml:test"], ["g", "h"]),
            (["sub/pyproject.toml:only"], ["only"]),
            (["self"], ["a>=1", "b[x]; os_name == \"nt\"", "c @ file:///w/lib/c", "e", "d"]),
        ])
    func groups(_ groups: [String], _ meaning: [String]) async throws {
        let read = try await Self.read(
            Self.project, others: ["/w/sub/pyproject.toml": "[dependency-groups]\nonly = ['only']"], files: [], groups: groups)
        #expect(read.texts == meaning)
        if groups == ["dev"] {
            #expect(read.request.requirements.map { $0.asker?.words } == [
                "the group 'dev' of pyproject.toml", "the group 'test' of pyproject.toml",
                "the group 'lint-all' of pyproject.toml",
            ])
        }
    }

    @Test("uv's table: constraints, overrides, older groups, builds and pre-releases")
    func uv() async throws {
        let read = try await Self.read(
            """
            [project]
            name = "p"
            dependencies = ["a"]
            [tool.uv]
            constraint-dependencies = ["b<2"]
            override-dependencies = ["c==1"]
            dev-dependencies = ["d"]
            no-build = true
            no-binary-package = ["e"]
            prerelease = "allow"
            """, groups: ["dev"])
        #expect(read.texts == ["a", "d"])
        #expect(read.request.constraints.map(\.spelled) == ["b<2"])
        #expect(read.request.overrides.map(\.spelled) == ["c==1"])
        #expect(read.request.overrides[0].asker == Asker("[tool.uv] of pyproject.toml", file: "pyproject.toml", line: 6))
        #expect(read.allowsPrereleases)
        #expect(try !read.builds.allowsBuilds(of: PackageName(parsing: "x")))
        #expect(try !read.builds.allowsWheels(of: PackageName(parsing: "e")))
    }

    @Test("uv's sources")
    func sources() async throws {
        let read = try await Self.read(
            """
            [project]
            name = "p"
            dependencies = ["a>=1", "b", "c[x]", "d", "e", "f", "g"]
            optional-dependencies = { gpu = ["e"] }
            [tool.uv.sources]
            A = { git = "https://git.example/a", tag = "v1", subdirectory = "py" }
            b = { url = "https://files.example/b-1.zip" }
            c = { path = "../c", editable = true }
            d = { index = "inner" }
            e = [
                { index = "cpu", marker = "sys_platform == 'darwin'" },
                { url = "https://files.example/e-1-py3-none-any.whl", extra = "gpu" },
            ]
            f = [
                { git = "ssh://git@git.example/f.git", branch = "main", marker = "sys_platform == 'linux'" },
                { path = "lib/f-1.tar.gz", marker = "sys_platform == 'darwin'" },
            ]
            unused = { workspace = true }
            [[tool.uv.index]]
            name = "inner"
            url = "https://inner.example/simple"
            explicit = true
            """, extras: ["gpu"])
        #expect(read.texts == [
            "a @ git+https://git.example/a@v1#subdirectory=py", "b @ https://files.example/b-1.zip", "c[x] @ file:///c", "d",
            "e", "f @ git+ssh://git@git.example/f.git@main ; sys_platform == \"linux\"",
            "f @ file:///w/lib/f-1.tar.gz ; sys_platform != \"linux\" and sys_platform == \"darwin\"",
            "f; sys_platform != \"linux\" and sys_platform != \"darwin\"", "g",
            "e @ https://files.example/e-1-py3-none-any.whl",
        ])
        #expect(read.request.requirements[2].reference == .directory(DirectDirectory(path: "/c", isEditable: true)))
        #expect(read.indexOptions.pins.map { "\($0.package) \($0.index)" }.prefix(2) == ["d inner", "e cpu"])
        #expect(read.indexOptions.pins[1].marker?.description == "sys_platform == \"darwin\"")
        #expect(read.indexOptions.explicitIndexes == ["inner=https://inner.example/simple"])
        #expect(read.request.requirements[0].spelled == "a>=1")
    }

    @Test("scripts say what they need in a block of comments")
    func script() async throws {
        let read = try await Self.read(
            """
            #!/usr/bin/env python
            # /// script
            # requires-python = ">=3.11"
            # dependencies = [
            #   "a>=1",
            #
            #   "b",
            # ]
            # [tool.uv]
            # constraint-dependencies = ["d<2"]
            # [tool.uv.sources]
            # b = { git = "https://git.example/b" }
            # [[tool.uv.index]]
            # url = "https://index.example/simple"
            # default = true
            # ///
            # not any more
            import a
            """, as: "/w/script.py")
        #expect(read.texts == ["a>=1", "b @ git+https://git.example/b"])
        #expect(read.request.requirements.map { $0.asker?.line } == [5, 7])
        #expect(read.request.constraints.map { $0.asker?.line } == [10])
        #expect(read.requiresPython?.description == ">=3.11")
        #expect(read.indexOptions.indexURL == "https://index.example/simple")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        var file = "/w/pyproject.toml"
        var groups: [String] = []
        var extras: [String] = []
        let words: String
        var line: Int?
        var testDescription: String { text.debugDescription }
    }

    static let refusals: [Refusal] = [
        .init(text: "[project", words: "cannot be read", line: 1),
        .init(text: "project = 1", words: "project has to be a table", line: 1),
        .init(text: "x = 1", words: "without [project]"),
        .init(text: "[tool.poetry.dependencies]\na = '1'", words: "[tool.poetry]"),
        .init(text: "[project]\nname = 'p'\ndependencies = 'a'", words: "project.dependencies has to be a list", line: 3),
        .init(text: "[project]\nname = 'p'\ndependencies = [\n'a',\n1]", words: "project.dependencies has to be", line: 5),
        .init(text: "[project]\nname = 'p'\ndependencies = [\n'a',\n'b c']", words: "b c cannot be read", line: 5),
        .init(text: "[project]\nname = 'p'\ndynamic = ['dependencies']", words: "project.dependencies cannot", line: 3),
        .init(text: "[project]\nrequires-python = '3'", words: "requires-python has to be", line: 2),
        .init(text: "[project]\n[project.optional-dependencies]\na_b = []\na-b = []", words: "the only extra", line: 4),
        .init(text: "[project]\nname = 'p'", extras: ["x"], words: "no extra 'x'"),
        .init(text: "[project]\nname = 'p'", extras: ["x y"], words: "no extra 'x y'"),
        .init(text: "[project]\nname = 'p'\ndynamic = ['optional-dependencies']", extras: ["x"], words: "optional-dependencies cannot", line: 3),
        .init(text: "[dependency-groups]\na = []\nA = []", words: "the only group", line: 3),
        .init(text: "[dependency-groups]\na = [{include-group = 'b'}]", groups: ["a"], words: "no dependency group 'b'", line: 2),
        .init(text: "[dependency-groups]\na = []", groups: ["b"], words: "no dependency group 'b'"),
        .init(text: "[dependency-groups]\na = [{include = 'b'}]", groups: ["a"], words: "dependency-groups.a has to be", line: 2),
        .init(
            text: "[dependency-groups]\na = [{include-group = 'b', x = 1}]", groups: ["a"], words: "dependency-groups.a has to be"),
        .init(text: "[dependency-groups]\na = [1]", groups: ["a"], words: "dependency-groups.a has to be", line: 2),
        .init(text: "[dependency-groups]\na = 'x'", groups: ["a"], words: "dependency-groups.a has to be", line: 2),
        .init(
            text: "[dependency-groups]\na = [{include-group = 'b'}]\nb = [{include-group = 'C'}]\nc = [{include-group = 'b'}]",
            groups: ["a"], words: "b → c → b", line: 4),
        .init(text: "[dependency-groups]\na = [{include-group = 'a'}]", groups: ["a"], words: "a → a", line: 2),
        .init(text: "[project]\ndependencies = ['a']\n[tool.uv.sources]\na = {workspace = true}", words: "workspace", line: 4),
        .init(text: "[project]\ndependencies = ['a']\n[tool.uv.sources]\na = {git = 'x', url = 'y'}", words: "one of git"),
        .init(text: "[project]\ndependencies = ['a']\n[tool.uv.sources]\na = {git = 'hg://x'}", words: "cannot be had", line: 4),
        .init(text: "[project]\ndependencies = ['a']\n[tool.uv.sources]\na = {git = 'https://x/a', rev = 'a', tag = 'b'}", words: "alone"),
        .init(text: "[project]\ndependencies = ['a']\n[tool.uv.sources]\na = {git = 'https://x/a', revision = 'a'}", words: "a.revision", line: 4),
        .init(text: "[project]\ndependencies = ['a']\n[tool.uv.sources]\na = 'x'", words: "tool.uv.sources.a has to be", line: 4),
        .init(text: "[project]\ndependencies = ['a']\n[tool.uv.sources]\na = {path = 'x', package = false}", words: "package = false", line: 4),
        .init(
            text: "[project]\ndependencies = ['a']\n[tool.uv.sources]\na = {path = 'x', marker = \"python_version ~= '3.9'\"}",
            words: "the marker"),
        .init(text: "[project]\ndependencies = ['a']\n[tool.uv.sources]\na = {path = 'x', marker = 'x'}", words: "marker of PEP 508", line: 4),
        .init(text: "[project]\n[tool.uv]\nconstraint-dependencies = ['a[x]<1']", words: "cannot limit versions", line: 3),
        .init(text: "import a", file: "/w/s.py", words: "PEP 723"),
        .init(text: "# /// script\n# dependencies = []", file: "/w/s.py", words: "not closed", line: 1),
        .init(text: "# /// script\n# ///\n\n# /// script\n# ///", file: "/w/s.py", words: "second block", line: 4),
        .init(text: "\n# /// script\n# dependencies = [\n# 'a b',\n# ]\n# ///", file: "/w/s.py", words: "a b cannot be read", line: 4),
        .init(text: "# /// script\n# x =\n# ///", file: "/w/s.py", words: "cannot be read", line: 2),
    ]

    @Test("what is wrong is said once, with file and line", arguments: refusals)
    func refusing(_ refusal: Refusal) async throws {
        let error = await #expect(throws: RequestError.self) {
            try await Self.read(refusal.text, as: refusal.file, groups: refusal.groups, extras: refusal.extras)
        }
        let diagnostic = try #require(error).diagnostic
        #expect(diagnostic.headline.contains(refusal.words))
        #expect(diagnostic.help != nil)
        if let line = refusal.line { #expect(diagnostic.line == line) }
        #expect(diagnostic.file == String(refusal.file.dropFirst(3)) || refusal.extras == ["x y"])
    }

    @Test("extras without a project are refused")
    func noProject() async throws {
        let error = await #expect(throws: RequestError.self) { try await Self.read("", as: "/w/r.txt", extras: ["x"]) }
        #expect(error?.problem == .noProject("x"))
    }

    @Test("deep and wide nests of groups and extras end")
    func hostile() async throws {
        var groups = "[dependency-groups]\n"
        for number in 0..<5000 { groups += "g\(number) = [{include-group = 'g\(number + 1)'}]\n" }
        let deep = groups
        let error = await #expect(throws: RequestError.self) { try await Self.read(deep, groups: ["g0"]) }
        #expect(error?.problem == .tooDeep)

        // Each group includes the next one twice: 2^90 ways.
        groups = "[dependency-groups]\n"
        for number in 0..<90 {
            groups += "g\(number) = ['p\(number)', {include-group = 'g\(number + 1)'}, {include-group = 'g\(number + 1)'}]\n"
        }
        let wide = groups + "g90 = []\n"
        #expect(try await Self.read(wide, groups: ["g0"]).texts.count == 90)

        // Extras that include each other under ever new conditions.
        var extras = "[project]\nname = 'p'\n[project.optional-dependencies]\n"
        for number in 0..<40 {
            let next = (0..<40).map { "\"p[e\($0)]; python_version > '3.\(number * 40 + $0)'\"" }.joined(separator: ",")
            extras += "e\(number) = ['x', \(next)]\n"
        }
        let tangled = extras
        await #expect(throws: RequestError.self) { try await Self.read(tangled, extras: ["e0"]) }
    }
}
