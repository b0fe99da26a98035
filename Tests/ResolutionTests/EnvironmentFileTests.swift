import Diagnostics
import PackageSources
import PythonPackaging
import Resolution
import Testing

@Suite("environment.yml")
struct EnvironmentFileTests {
    private static func read(_ text: String, others: [String: String] = [:]) async throws(RequestError) -> ReadRequest {
        var files = others
        files["/w/env/environment.yml"] = text
        return try await RequestReader(folder: "/w", files: FolderOfTexts(files)).read(
            RequestSources(files: ["env/environment.yml"]))
    }

    @Test("the pip part is a requirements file")
    func pip() async throws {
        let read = try await Self.read(
            """
            # An environment.
            ---
            name: "test" # its name
            channels: [conda-forge, nodefaults]
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
              - scipy
            prefix: >
              some
               text
            variables:
              A: 1
            """, others: ["/w/env/more.txt": "m\n./e-1.zip"])
        #expect(read.texts == [
            "a>=1", "b; os_name == \"nt\"", "c[x,y]", "m", "e @ file:///w/e-1.zip", "d @ file:///w/env/d-1.zip",
        ])
        #expect(read.request.requirements.map { $0.asker?.line } == [11, 12, 13, 1, 2, 16])
        #expect(read.indexOptions.indexURL == "https://index.example/simple")
        #expect(read.python == "3.11" && read.requiresPython?.description == "==3.11.*")
        #expect(read.warnings == ["env/environment.yml: packages of conda are not read: numpy, scipy"])
    }

    @Test(
        "the version of Python", arguments: [
            ("python=3.11", "3.11", "==3.11.*"), ("python=3.11.*", "3.11", "==3.11.*"), ("python==3.11.2", "==3.11.2", "==3.11.2"),
            ("python 3.11.2", "==3.11.2", "==3.11.2"), ("python >=3.9,<3.13", ">=3.9,<3.13", "<3.13,>=3.9"),
            ("python>=3.9", ">=3.9", ">=3.9"), ("python=3.11=h123_0", "3.11", "==3.11.*"), ("Python 3.11.2 h1", "==3.11.2", "==3.11.2"),
            ("python", nil, nil), ("pypy3.9", nil, nil),
        ] as [(String, String?, String?)])
    func python(_ text: String, _ python: String?, _ specifiers: String?) async throws {
        let read = try await Self.read("dependencies:\n- \(text)\n")
        #expect(read.python == python)
        #expect(read.requiresPython?.description == specifiers)
    }

    @Test(
        "forms of the list", arguments: [
            ("dependencies:\n- pip:\n  - a\n  - b", ["a", "b"]), ("dependencies:\n  - pip: [a, 'b>=1,<2', c[x,y]>=1]", ["a", "b<2,>=1", "c[x,y]>=1"]),
            ("dependencies: []", []), ("dependencies:", []), ("", []), ("name: x", []), ("dependencies: [a, pip]", []),
            ("dependencies:\n- pip:\nname: x", []), ("dependencies:\r\n- pip:\r\n  - 'it''s' \r\n", nil),
            ("dependencies:\n- pip:\n  - 'a'\n...\nnot: [yaml", ["a"]), ("dependencies:\n- pip:\n  - \"a==1.\\/0\"", nil),
            ("dependencies:\n- pip:\n  - a\n- pip:\n  - b", ["a", "b"]),
        ] as [(String, [String]?)])
    func forms(_ text: String, _ meaning: [String]?) async throws {
        if let meaning {
            #expect(try await Self.read(text).texts == meaning)
        } else {
            await #expect(throws: RequestError.self) { try await Self.read(text) }
        }
    }

    @Test(
        "what is not read says so, with the line", arguments: [
            ("dependencies:\n- pip:\n  - a\n - b", 4, "expected '- '"), ("dependencies:\n\t- a", 2, "a tab"),
            ("dependencies:\n- {pip: [a]}", 2, "begins with '{'"), ("dependencies:\n- pip: &x [a]", 2, "expected a list"),
            ("dependencies:\n- pip:\n  - *x", 3, "begins with '*'"), ("dependencies:\n- pip:\n  - |", 3, "begins with '|'"),
            ("dependencies:\n- pip:\n  - a: b", 3, "expected a text"), ("dependencies:\n- npm:\n  - a", 2, "expected a package or 'pip:'"),
            ("dependencies:\n- pip:\n  - 'a", 3, "quote is not closed"), ("dependencies:\n- pip:\n  - 'a' b", 3, "closing quote"),
            ("dependencies:\n- pip: [a b, 'c' d]", 2, "expected ','"), ("dependencies: a", 1, "expected a list"),
            ("dependencies:\n- a\ndependencies:\n- b", 3, "twice"), ("just text", 1, "name: value"), ("%YAML 1.2", 1, "one document"),
            ("name: x\n---\nname: y", 2, "one document"), ("dependencies:\n- pip:\n  - a b", 3, "cannot be read"),
            ("dependencies:\n- pip:\n  - --nonsense", 3, "not an option"), ("dependencies:\n- python=x", 2, "python with a version"),
            ("dependencies:\n- pip:\n  - \"\\x\"", 3, "after a backslash"), ("dependencies:\n- pip:\n  -", 3, "expected a value"),
            ("dependencies:\n- pip: []\n  - a", 3, "below a value"), ("\u{0}", 1, "name: value"),
        ])
    func refusing(_ text: String, _ line: Int, _ words: String) async throws {
        let error = await #expect(throws: RequestError.self) { try await Self.read(text) }
        let diagnostic = try #require(error).diagnostic
        #expect("\(diagnostic.headline) \(diagnostic.details)".contains(words))
        #expect(diagnostic.line == line && diagnostic.file == "env/environment.yml")
    }

    @Test("huge and nested text ends in an answer")
    func hostile() async throws {
        let many = "dependencies:\n- pip:\n" + (0..<20_000).map { "  - p\($0)\n" }.joined()
        #expect(try await Self.read(many).texts.count == 20_000)
        let nested = "dependencies: " + String(repeating: "[", count: 100_000)
        let deep = (0..<2000).map { String(repeating: " ", count: $0) + "- pip:\n" }.joined()
        for text in [nested, nested + String(repeating: "]", count: 100_000), "dependencies:\n" + deep] {
            await #expect(throws: RequestError.self) { try await Self.read(text) }
        }
    }
}
