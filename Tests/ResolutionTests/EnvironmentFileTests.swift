import CondaPackaging
import Diagnostics
import PackageSources
import PythonPackaging
import Resolution
import Testing

@Suite("environment.yml")
struct EnvironmentFileTests {
    private static func read(
        _ text: String, others: [String: String] = [:], environment: [String: String] = [:], constraints: Bool = false
    ) async throws(RequestError) -> ReadRequest {
        var files = others
        files["/w/env/environment.yml"] = text
        let path = ["env/environment.yml"]
        return try await RequestReader(folder: "/w", environment: environment, files: FolderOfTexts(files)).read(
            constraints ? RequestSources(constraints: path) : RequestSources(files: path))
    }

    @Test("conda's part and the pip part, a requirements file")
    func whole() async throws {
        let read = try await Self.read(
            """
            # An environment.
            ---
            name: "test" # its name
            channels: [conda-forge, nodefaults, "https://$USER:${TOKEN}@host/c", ./mine]
            platforms:
              - linux-64
              - osx-arm64
            dependencies:
              - conda-forge::python=3.11
              - numpy >=1.2  # not for pip
              - pip
              - pip:
                # first
                - a>=1
                - 'b ; os_name == "nt"'
                - "c[x,y] # kept" # lost
                - -r more.txt
                - --index-url https://index.example/simple
                - ./d-1.zip
                - |
                  f==1
                  g==2
              - scipy
            prefix: >
              some
               text
            category: main
            """, others: ["/w/env/more.txt": "m\n./e-1.zip"], environment: ["USER": "me", "TOKEN": "secret"])
        #expect(read.texts == [
            "a>=1", "b; os_name == \"nt\"", "c[x,y]", "m", "e @ file:///w/e-1.zip", "d @ file:///w/env/d-1.zip", "f==1", "g==2",
        ])
        #expect(read.request.requirements.map { $0.asker?.line } == [14, 15, 16, 1, 2, 19, 21, 22])
        #expect(read.indexOptions.indexURL == "https://index.example/simple")
        #expect(read.condaTexts() == ["conda-forge::python 3.11.*", "numpy >=1.2", "pip", "scipy"])
        #expect(read.conda.entries.map { $0.requirement.asker?.line } == [9, 10, 11, 23])
        #expect(read.conda.channels == ["conda-forge", "https://me:secret@host/c", "/w/env/mine"])
        #expect(read.conda.hasOnlyOwnChannels)
        #expect(read.conda.platforms.map(\.description) == ["linux-64", "osx-arm64"])
        #expect(read.warnings.isEmpty && read.requiresPython == nil)
    }

    @Test("match specs as conda's files have them", arguments: [
        ("python=3.11", "python 3.11.*"), ("python==3.11.2", "python ==3.11.2"), ("python 3.11.2", "python 3.11.2"),
        ("python >=3.9,<3.13", "python >=3.9,<3.13"), ("numpy=1.26=py312_0", "numpy 1.26 py312_0"), ("'numpy 1.26.* *_0'", "numpy 1.26.* *_0"),
        ("numpy>=", nil), ("'*'", nil), ("nump*", nil),
    ] as [(String, String?)])
    func specs(_ text: String, _ spec: String?) async throws {
        let file = "dependencies:\n- \(text)\n"
        guard let spec else {
            let error = await #expect(throws: RequestError.self) { try await Self.read(file) }
            #expect(error?.line == 2 && error?.file == "env/environment.yml")
            return
        }
        let found = try await Self.read(file).conda.entries.first?.requirement.spec
        #expect(found == (try MatchSpec(parsing: spec)), "\(String(describing: found))")
    }

    @Test("lines for some platforms, by comments and by sel(…)")
    func selectors() async throws {
        let read = try await Self.read(
            """
            dependencies:
              - python
              - pywin32  # [win]
              - a  #[linux and not aarch64]
              - b  # as in issue [12]
              - c  # needed there [osx and arm64]
              - sel(unix): e
              - sel(linux): [f, g]  # [aarch64]
              - pip:
                - h  # [linux]
                - i; python_version < '3.9'  # [osx and arm64]
                - j  # [zos]
                - k  # [win or unix]
                - l  # [linux64 or win64]
            """)
        #expect(read.condaTexts(on: .linux64) == ["python", "a", "b", "e"])
        #expect(read.condaTexts(on: .linuxAArch64) == ["python", "b", "e", "f", "g"])
        #expect(read.condaTexts(on: .osxARM64) == ["python", "b", "c", "e"])
        #expect(read.condaTexts(on: .win64) == ["python", "pywin32", "b"])
        #expect(read.texts == [
            "h; sys_platform == \"linux\"",
            "i; python_version < \"3.9\" and (sys_platform == \"darwin\" and platform_machine == \"arm64\")",
            "k; sys_platform == \"linux\" or sys_platform == \"darwin\" or sys_platform == \"win32\"",
            "l; (sys_platform == \"linux\" and platform_machine == \"x86_64\") or (sys_platform == \"win32\" and platform_machine == \"AMD64\")",
        ])
    }

    @Test("what is not followed is told")
    func warnings() async throws {
        let read = try await Self.read("variables:\n  A: 1\n  B: two\ndependencies:\n- a\nextras: [x]\n")
        #expect(read.warnings == [
            "env/environment.yml:6: 'extras' says nothing that is known, and is not followed",
            "env/environment.yml:2: variables of an environment are not set: A, B",
        ])
        let limits = try await Self.read("dependencies:\n- a\n- pip: [b<2]\n", constraints: true)
        #expect(!limits.conda.isAsked && limits.request.constraints.map(\.spelled) == ["b<2"])
        #expect(limits.warnings == ["env/environment.yml: packages of conda limit nothing: a"])
    }

    @Test(
        "forms of the list", arguments: [
            ("dependencies:\n- pip:\n  - a\n  - b", ["a", "b"]), ("dependencies:\n  - pip: [a, 'b>=1,<2', 'c[x,y]>=1']", ["a", "b<2,>=1", "c[x,y]>=1"]),
            ("dependencies: []", []), ("dependencies:", []), ("", []), ("name: x", []), ("dependencies: [a, pip]", []),
            ("dependencies:\n- pip:\nname: x", []), ("dependencies:\r\n- pip:\r\n  - 'it' \r\n", ["it"]),
            ("dependencies:\n- pip:\n  - 'a'\n...\n", ["a"]), ("dependencies:\n- pip:\n  - \"a==1.\\x30\"", ["a==1.0"]),
            ("dependencies:\n- pip:\n  - a\n- pip:\n  - b", ["a", "b"]), ("dependencies:\n- {pip: [a]}", ["a"]),
            ("x-list: &x [a]\ndependencies:\n- pip: *x", ["a"]), ("{dependencies: [{pip: [a]}]}", ["a"]),
        ] as [(String, [String])])
    func forms(_ text: String, _ meaning: [String]) async throws {
        #expect(try await Self.read(text).texts == meaning)
    }

    @Test(
        "what is not read says so, with the line", arguments: [
            ("dependencies:\n- pip:\n  - a\n - b", 4, "it is not YAML"), ("dependencies:\n\t- a", 2, "cannot start any token"),
            ("dependencies:\n- pip:\n  - *x", 3, "undefined alias"), ("dependencies:\n- pip:\n  - a: b", 3, "pip: expected a text, found 'a: …'"),
            ("dependencies:\n- npm:\n  - a", 2, "expected a package, 'pip:' or 'sel(…):', found 'npm:'"),
            ("dependencies:\n- pip:\n  - 'a", 3, "it is not YAML"), ("dependencies:\n- pip:\n  - 'a' b", 3, "it is not YAML"),
            ("dependencies: a", 1, "dependencies: expected a list"), ("dependencies: {a: 1}", 1, "dependencies: expected a list"),
            ("dependencies:\n- a\ndependencies:\n- b", 1, "'dependencies' is there twice"), ("just text", 1, "the file: expected names with values"),
            ("- a", 1, "the file: expected names with values"), ("name: x\n---\nname: y", 2, "another document"),
            ("dependencies:\n- pip:\n  - a b", 3, "cannot be read"), ("dependencies:\n- pip:\n  - --nonsense", 3, "not an option"),
            ("dependencies:\n- python>=", 2, "is not a match spec"), ("dependencies:\n- pip:\n  -", 3, "expected a text behind '- '"),
            ("dependencies:\n- pip: []\n  - a", 3, "it is not YAML"), ("\u{0}", 1, "it is not YAML"), ("name: [a]", 1, "name: expected a text"),
            ("channels: conda-forge", 1, "channels: expected a list"), ("channels:\n- [a]", 2, "channels: expected a text"),
            ("channels:\n- a # [linux]", 2, "'a' cannot be for some platforms only"), ("platforms: [noarch]", 1, "'noarch' is none"),
            ("platforms:\n- Linux 64", 2, "'Linux 64' is none"), ("variables: [a]", 1, "variables: expected names with values"),
            ("dependencies:\n- a # [py<38]", 2, "'[py<38]' is no selector of platforms: 'py<38' is no platform"),
            ("dependencies:\n- a # [linux and]", 2, "a word is missing at its end"), ("dependencies:\n- a # [(linux]", 2, "a ')' is missing"),
            ("dependencies:\n- a # [linux osx]", 2, "'osx' is one word too many"), ("dependencies:\n- sel(x): a", 2, "'x' is no platform"),
            ("dependencies:\n- pip:\n  - --pre # [linux]", 3, "cannot be followed"), ("channels: ['']", 1, "a channel has to be"),
        ])
    func refusing(_ text: String, _ line: Int, _ words: String) async throws {
        let error = await #expect(throws: RequestError.self) { try await Self.read(text) }
        let diagnostic = try #require(error).diagnostic
        #expect("\(diagnostic.headline) \(diagnostic.details)".contains(words), "\(diagnostic.headline)")
        #expect(diagnostic.line == line && diagnostic.file == "env/environment.yml")
    }

    @Test("huge, nested and multiplying text ends in an answer")
    func hostile() async throws {
        let many = "dependencies:\n- pip:\n" + (0..<20_000).map { "  - p\($0)\n" }.joined()
        #expect(try await Self.read(many).texts.count == 20_000)
        let nested = "dependencies: " + String(repeating: "[", count: 100_000)
        let deep = (0..<2000).map { String(repeating: " ", count: $0) + "- pip:\n" }.joined()
        let laughs = "a0: &a0 [x, x]\n" + (1..<40).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined()
        let key = "a0: &a0 [x, x]\n" + (1..<15).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined() + "? *a14\n: 1\n"
        let lists = "l: &l [\(String(repeating: "a, ", count: 20_000))]\ndependencies: [{pip: *l}, {sel(unix): *l}, {sel(linux): *l}, {sel(linux): *l}, {sel(linux): *l}, {sel(linux): *l}]"
        for text in [nested, nested + String(repeating: "]", count: 100_000), "dependencies:\n" + deep, laughs, key, lists] {
            await #expect(throws: RequestError.self) { try await Self.read(text) }
        }
    }

    @Test("what is no text in UTF-8 is refused")
    func encoding() async throws {
        var files = FolderOfTexts([:])
        files.files["/w/environment.yml"] = [0x6E, 0x3A, 0x20, 0xFF, 0xFE]
        let reader = RequestReader(folder: "/w", files: files)
        let error = await #expect(throws: RequestError.self) { try await reader.read(RequestSources(files: ["environment.yml"])) }
        #expect(error?.diagnostic.headline == "environment.yml is not text in UTF-8")
    }
}

extension ReadRequest {
    /// What is asked of conda as it was written; for one platform, or all.
    func condaTexts(on subdir: Subdir? = nil) -> [String] {
        subdir.map { conda.requirements(on: $0).map(\.spelled) } ?? conda.entries.map(\.requirement.text)
    }
}
