import CondaChannels
import CondaPackaging
import Diagnostics
import PythonPackaging
import Resolution
import Testing

@Suite("[tool.penstock.conda]")
struct CondaTableTests {
    private static func read(_ text: String, as name: String = "pyproject.toml") async throws(RequestError) -> ReadRequest {
        try await RequestReader(folder: "/w", files: FolderOfTexts(["/w/\(name)": text])).read(RequestSources(files: [name]))
    }

    @Test("a project that asks both worlds")
    func project() async throws {
        let read = try await Self.read(
            """
            [project]
            name = "x"
            requires-python = ">=3.10"
            dependencies = ["pandas"]
            [tool.penstock.conda]
            channels = ["conda-forge", "./mine", "nodefaults"]
            channel-priority = "flexible"
            dependencies = [
                "numpy >=2",
            ]
            platforms = ["linux-64"]
            prefer = { numpy = "pypi", "*" = "conda" }
            names = { pytorch = ["torch"] }
            """)
        #expect(read.texts == ["pandas"])
        #expect(read.condaTexts() == ["numpy >=2"])
        #expect(read.conda.entries.first?.requirement.asker == Asker("[tool.penstock.conda] of pyproject.toml", file: "pyproject.toml", line: 9))
        #expect(read.conda.channels == ["conda-forge", "/w/mine"] && read.conda.hasOnlyOwnChannels)
        #expect(read.conda.priority == .flexible && read.conda.platforms == [.linux64])
        let numpy = try PackageName(parsing: "numpy")
        #expect(read.conda.preference == WorldPreference(usual: .conda, ofProjects: [numpy: .pypi]))
        #expect(read.conda.names.texts == ["pytorch": ["torch"]])
    }

    @Test("a file with nothing else, and a script")
    func others() async throws {
        #expect(try await Self.read("[tool.penstock.conda]\ndependencies = ['zlib']\nprefer = 'pypi'\n").conda.preference.usual == .pypi)
        let script = "# /// script\n# dependencies = ['a']\n# [tool.penstock.conda]\n# dependencies = ['zlib']\n# ///\n"
        let read = try await Self.read(script, as: "x.py")
        #expect(read.condaTexts() == ["zlib"] && read.conda.entries.first?.requirement.asker?.line == 4)
    }

    @Test(
        "what has no meaning is refused with its line", arguments: [
            ("chanels = []", "tool.penstock.conda.chanels cannot be followed"), ("channels = 'a'", "tool.penstock.conda.channels has to be a list of texts"),
            ("dependencies = ['a>=']", "is not a match spec"), ("channel-priority = 'x'", "has to be strict, flexible or disabled"),
            ("prefer = 'x'", "tool.penstock.conda.prefer has to be conda or pypi"), ("prefer = 1", "tool.penstock.conda.prefer has to be a table"),
            ("prefer = { a = 'x' }", "tool.penstock.conda.prefer.a has to be conda or pypi"),
            ("prefer = { 'a b' = 'conda' }", "below the name of a Python project"), ("names = []", "tool.penstock.conda.names has to be a table"),
            ("platforms = ['noarch']", "'noarch' is none"),
        ])
    func refused(_ text: String, _ words: String) async throws {
        let error = await #expect(throws: RequestError.self) { try await Self.read("[tool.penstock.conda]\n\(text)") }
        #expect(error?.diagnostic.headline.contains(words) == true, "\(error?.diagnostic.headline ?? "")")
        #expect(error?.line == 2 && error?.file == "pyproject.toml")
    }
}
