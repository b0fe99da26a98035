import CondaPackaging
import Diagnostics
import PythonPackaging
import Resolution
import Testing

@Suite("Which conda packages have which Python projects")
struct ProjectNameMappingTests {
    private static func read(_ text: String, as name: String = "names.toml") async throws(RequestError) -> ProjectNameMapping {
        try await RequestReader(folder: "/w", files: FolderOfTexts(["/w/\(name)": text])).names(file: name)
    }

    private static let file = """
        pytorch = ["torch"]
        opencv = ["opencv-python-headless", "OpenCV_Python"]
        Redis = []
        "msgpack-python" = "msgpack"
        """

    @Test("a file of names, in the normal form of both worlds")
    func file() async throws {
        let mapping = try await Self.read(Self.file)
        #expect(
            mapping.texts == [
                "pytorch": ["torch"], "opencv": ["opencv-python", "opencv-python-headless"], "redis": [], "msgpack-python": ["msgpack"],
            ])
        #expect(mapping.packages(of: try PackageName(parsing: "opencv.python")) == [try CondaName(parsing: "opencv")])
        #expect(mapping.packages(of: try PackageName(parsing: "redis")).isEmpty)
        #expect(mapping.projects(of: try CondaName(parsing: "redis")) == [])
        #expect(mapping.projects(of: try CondaName(parsing: "numpy")) == nil)
    }

    @Test("the table of a pyproject.toml, and one without it")
    func project() async throws {
        let text = "[project]\nname = 'x'\n[tool.penstock.conda.names]\npytorch = 'torch'\n"
        #expect(try await Self.read(text, as: "pyproject.toml").texts == ["pytorch": ["torch"]])
        #expect(try await Self.read("[project]\nname = 'x'\n", as: "pyproject.toml").isEmpty)
    }

    @Test("what is said comes before what is said elsewhere, package by package")
    func over() async throws {
        let mine = try await Self.read("a = 'x'")
        let other = try await Self.read("a = 'y'\nb = 'z'")
        #expect(mine.over(other).texts == ["a": ["x"], "b": ["z"]])
        #expect(mine.over(other).packages(of: try PackageName(parsing: "y")).isEmpty)
    }

    @Test(
        "what cannot be meant is refused with its line", arguments: [
            ("a = 1", 1, "a has to be a list of texts"),
            ("a = ['x']\nb = [\n 'y',\n 'no name!']", 4, "b has to be a list of names of Python projects; 'no name!' is none"),
            ("\n'a b' = ['x']", 2, "a b has to be below the name of a conda package, such as pytorch"),
            ("a = []\nA = []", 2, "A has to be the only line about the conda package a"),
            ("a = ", 1, "names.toml cannot be read"),
        ])
    func refused(_ text: String, _ line: Int, _ words: String) async throws {
        let error = await #expect(throws: RequestError.self) { try await Self.read(text) }
        #expect(error?.diagnostic.headline.hasPrefix(words) == true, "\(error?.diagnostic.headline ?? "")")
        #expect(error?.line == line)
        #expect(error?.file == "names.toml")
    }
}
