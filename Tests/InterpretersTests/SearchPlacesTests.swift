import FoundationEssentials
import Interpreters
import PythonPackaging
import SystemPackage
import Testing

@Suite("Where Pythons are looked for")
struct SearchPlacesTests {
    struct Place: CustomStringConvertible, Sendable {
        /// Where the binary is; `~` stands for the folder of the test.
        var binary: String
        var variables: [String: String] = [:]
        var isFound = true
        var description: String { "\(binary) \(variables)" }
    }

    static let places: [Place] = [
        // As uv lays them out, with and without a name without version.
        Place(binary: "home/.local/share/uv/python/cpython-3.12.1-linux-x86_64-gnu/bin/python3.12"),
        Place(binary: "home/.local/share/uv/python/cpython-3.12.1-linux-x86_64-gnu/bin/python"),
        Place(binary: "home/.local/share/uv/python/.temp/bin/python", isFound: false),
        Place(binary: "data/uv/python/cpython-3.12.1-macos-aarch64-none/bin/python3.12", variables: ["XDG_DATA_HOME": "~/data"]),
        Place(binary: "elsewhere/cpython-3.12.1/bin/python3", variables: ["UV_PYTHON_INSTALL_DIR": "~/elsewhere"]),
        // The XDG specification wants relative paths ignored; the usual place counts then.
        Place(
            binary: "home/.local/share/uv/python/cpython-3.12.1/bin/python3", variables: ["XDG_DATA_HOME": "data"]),
        Place(binary: "home/.local/share/uv/python/cpython-3.12.1/bin/python3", variables: ["UV_PYTHON_INSTALL_DIR": ""]),
        // What Penstock has fetched.
        Place(binary: "home/.local/share/penstock/pythons/cpython-3.12.1-linux-x86_64-gnu/bin/python3"),
        Place(binary: "mine/cpython-3.12.1-linux-x86_64-gnu/bin/python3.12", variables: ["PENSTOCK_PYTHON_DIR": "~/mine"]),
        Place(binary: "mine/.cpython-3.12.1-linux-x86_64-gnu.1.a/bin/python3", variables: ["PENSTOCK_PYTHON_DIR": "~/mine"], isFound: false),
        // pyenv, asdf, mise.
        Place(binary: "home/.pyenv/versions/3.12.1/bin/python"),
        Place(binary: "tools/versions/3.12.1/bin/python", variables: ["PYENV_ROOT": "~/tools"]),
        Place(binary: "home/.asdf/installs/python/3.12.1/bin/python"),
        Place(binary: "tools/installs/python/3.12.1/bin/python", variables: ["ASDF_DATA_DIR": "~/tools"]),
        Place(binary: "home/.local/share/mise/installs/python/3.12.1/bin/python"),
        Place(binary: "tools/installs/python/3.12.1/bin/python", variables: ["MISE_DATA_DIR": "~/tools"]),
        // A folder that promises another series is not even asked.
        Place(binary: "home/.pyenv/versions/3.11.9/bin/python3.11", isFound: false),
    ]

    @Test("Found for 3.12, whatever the binary is called", arguments: places)
    func found(_ place: Place) async throws {
        let fakes = try FakePythons()
        let binary = try fakes.add(place.binary, .init(version: place.isFound ? "3.12.1" : "3.11.9"))
        let variables = place.variables.mapValues { $0.replacing("~", with: fakes.root.string) }
        let finder = fakes.finder(variables)
        guard place.isFound else {
            await #expect(throws: InterpreterError.self) { try await finder.find(InterpreterRequest(parsing: "3.12")) }
            return
        }
        #expect(try await finder.find(InterpreterRequest(parsing: "3.12")).executable == binary)
    }

    @Test("Links that lead in circles are passed over, and one Python behind several names is one")
    func links() async throws {
        let fakes = try FakePythons()
        try fakes.add("bin/python3.12", .init(version: "3.12.1"))
        let files = FileManager.default
        try files.createSymbolicLink(atPath: fakes.path("bin/python3").string, withDestinationPath: "python")
        try files.createSymbolicLink(atPath: fakes.path("bin/python").string, withDestinationPath: "python3")
        try files.createDirectory(atPath: fakes.path("home/.pyenv/versions").string, withIntermediateDirectories: true)
        try files.createSymbolicLink(
            atPath: fakes.path("home/.pyenv/versions/3.12").string, withDestinationPath: fakes.root.string)
        try files.createSymbolicLink(
            atPath: fakes.path("home/.pyenv/versions/loop").string, withDestinationPath: "loop")
        #expect(await fakes.finder().all().map(\.executable) == [fakes.path("bin/python3.12")])
        #expect(fakes.runs == 1)
    }

    struct Choice: CustomStringConvertible, Sendable {
        var named: String?
        var global = ""
        var found: String
        var description: String { "PYENV_VERSION=\(named ?? "-"), global \(global): \(found)" }
    }

    static let choices: [Choice] = [
        Choice(global: "3.11.7\n", found: "3.11.7"),
        Choice(global: "# ours\n3.11\n", found: "3.11.10"),
        Choice(named: "3.12.1", global: "3.11.7", found: "3.12.1"),
        Choice(named: "3.99.0:3.12", global: "3.11.7", found: "3.12.1"),
        Choice(named: "python-3.11.7", found: "3.11.7"),
        Choice(named: "system", global: "3.11.7", found: "3.10.1"),
        Choice(named: "../../bin", found: "3.10.1"),
        Choice(found: "3.10.1"),
    ]

    @Test("Without a request, a shim stands for the version that pyenv would run", arguments: choices)
    func pyenv(_ choice: Choice) async throws {
        let fakes = try FakePythons()
        for version in ["3.11.7", "3.11.10", "3.12.1"] {
            try fakes.add("pyenv/versions/\(version)/bin/python", .init(version: version))
        }
        try fakes.add("pyenv/shims/python3", script: "exit 1")
        try fakes.add("bin/python3", .init(version: "3.10.1"))
        try Data(choice.global.utf8).write(to: URL(filePath: fakes.path("pyenv/version").string))
        var variables = ["PATH": "\(fakes.root)/pyenv/shims:\(fakes.root)/bin", "PYENV_DIR": fakes.root.string]
        variables["PYENV_VERSION"] = choice.named
        let found = try await fakes.finder(variables).find()
        #expect(found.version == (try Version(parsing: choice.found)))
    }

    @Test("The nearest .python-version counts before pyenv's global one")
    func nearestFile() async throws {
        let fakes = try FakePythons()
        for version in ["3.11.7", "3.12.1"] { try fakes.add("pyenv/versions/\(version)/bin/python", .init(version: version)) }
        let folder = fakes.path("work/deep/er")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        try Data("3.12.1\n".utf8).write(to: URL(filePath: fakes.path("work/.python-version").string))
        try Data("3.11.7\n".utf8).write(to: URL(filePath: fakes.path("pyenv/version").string))
        let found = try await fakes.finder(["PATH": "\(fakes.root)/pyenv/shims", "PYENV_DIR": folder.string]).find()
        #expect(found.version == Version(release: [3, 12, 1]))
    }
}
