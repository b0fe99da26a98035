import Diagnostics
import FoundationEssentials
import Interpreters
import PythonPackaging
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Finding Pythons")
struct InterpreterFinderTests {
    /// Two series on the search path, more in pyenv and among those of uv.
    private func populated() throws -> FakePythons {
        let fakes = try FakePythons()
        try fakes.add("bin/python3", .init(version: "3.10.4"))
        try fakes.add("bin/python3.11", .init(version: "3.11.2"))
        try fakes.add("home/.pyenv/versions/3.11.7/bin/python", .init(version: "3.11.7"))
        try fakes.add("home/.pyenv/versions/3.12.1/bin/python", .init(version: "3.12.1"))
        try fakes.add("home/.pyenv/versions/3.14.0b2/bin/python", .init(version: "3.14.0b2"))
        try fakes.add("home/.pyenv/versions/pypy3.10-7.3.17/bin/python", .init(version: "3.10.14", implementation: "pypy"))
        try fakes.add(
            "home/.local/share/uv/python/cpython-3.13.1+freethreaded-linux/bin/python3",
            .init(version: "3.13.1", freeThreaded: true))
        try fakes.add("home/.local/share/uv/python/cpython-3.13.0-linux/bin/python", .init(version: "3.13.0"))
        return fakes
    }

    static let choices: [(request: String, launching: String?, found: String)] = [
        ("3", nil, "3.13.0"),
        ("3.11", nil, "3.11.7"),
        ("3.11", "bin/python3.11", "3.11.7"),
        ("3.11.2", nil, "3.11.2"),
        (">=3.9,<3.12", nil, "3.11.7"),
        (">=3.9,<3.12", "bin/python3", "3.10.4"),
        (">=3.11,<3.13", "bin/python3", "3.12.1"),
        ("3.13t", nil, "3.13.1"),
        ("3.13", nil, "3.13.0"),
        ("3.14", nil, "3.14.0b2"),
        ("3.10", nil, "3.10.4"),
        ("pypy3.10", nil, "3.10.14"),
    ]

    @Test("The right one is chosen", arguments: choices)
    func chooses(request: String, launching: String?, found: String) async throws {
        let fakes = try populated()
        let interpreter = try await fakes.finder(launching: launching).find(InterpreterRequest(parsing: request))
        #expect(interpreter.version == (try Version(parsing: found)))
    }

    @Test("Without a request it is the launching one, else the first on the search path")
    func unrequested() async throws {
        let fakes = try populated()
        let launched = try await fakes.finder(launching: "home/.pyenv/versions/3.12.1/bin/python").find()
        #expect(launched.version == Version(release: [3, 12, 1]))
        let first = try await fakes.finder().find()
        #expect(first.version == Version(release: [3, 10, 4]))
    }

    @Test("A second search starts no process; a changed binary is asked again")
    func remembers() async throws {
        let fakes = try populated()
        let request = try InterpreterRequest(parsing: "3.11")
        _ = try await fakes.finder().find(request)
        let runs = fakes.runs
        // Names that promise another series are not even asked.
        #expect(runs == 3)
        _ = try await fakes.finder().find(request)
        #expect(fakes.runs == runs)
        try fakes.add("home/.pyenv/versions/3.11.7/bin/python", .init(version: "3.11.10"))
        #expect(try await fakes.finder().find(request).version == Version(release: [3, 11, 10]))
        #expect(fakes.runs == runs + 1)
    }

    @Test("What cannot be asked is asked once and passed over")
    func broken() async throws {
        let fakes = try FakePythons()
        try fakes.add("bin/python3", script: "echo 'cannot load libpython' >&2; exit 127")
        try fakes.add("bin/python3.9", .init(version: "3.9.1"))
        try fakes.add("bin/python", .init(version: "2.7.18"))
        let request = try InterpreterRequest(parsing: "3.9")
        for _ in 0..<2 { _ = try await fakes.finder().find(request) }
        #expect(fakes.runs == 3)
        #expect(await fakes.finder().all().map(\.version) == [Version(release: [3, 9, 1])])
    }

    @Test("None suitable: what was wanted, what was found, what to do")
    func noneSuitable() async throws {
        let fakes = try FakePythons()
        try fakes.add("bin/python3.9", .init(version: "3.9.1"))
        try fakes.add("bin/python", .init(version: "2.7.18"))
        try fakes.add("bin/python3", script: "echo 'cannot load libpython' >&2; exit 127")
        let error = await #expect(throws: InterpreterError.self) {
            try await fakes.finder().find(InterpreterRequest(parsing: "3.12"))
        }
        let diagnostic = try #require(error?.diagnostic)
        #expect(diagnostic.failure == .user)
        #expect(diagnostic.headline == "no Python 3.12 was found")
        let details = diagnostic.details.joined(separator: "\n")
        #expect(details.contains("3.9.1  \(fakes.path("bin/python3.9"))"))
        #expect(details.contains("2.7.18 is too old: Penstock needs Python 3.8 or newer"))
        #expect(details.contains("it failed: cannot load libpython"))
        #expect(diagnostic.help?.contains("PENSTOCK_PYTHON_PATH") == true)
    }

    @Test("A binary that does not answer is given up and ended")
    func silent() async throws {
        let fakes = try FakePythons()
        try fakes.add("bin/python3.12", script: "/bin/sleep 600 & echo $! > '\(fakes.root)/pid'; wait")
        let error = await #expect(throws: InterpreterError.self) {
            try await fakes.finder(patience: .milliseconds(300)).find(InterpreterRequest(parsing: "3.12"))
        }
        #expect(error?.diagnostic.details.joined().contains("did not answer within") == true)
        let text = try String(contentsOfFile: fakes.path("pid").string, encoding: .utf8)
        let pid = try #require(pid_t(text.split(separator: "\n")[0]))
        // What it had started ends with it, as soon as the system gets to it.
        let deadline = ContinuousClock.now + .seconds(20)
        while isRunning(pid), ContinuousClock.now < deadline { await Task.yield() }
        #expect(!isRunning(pid))
    }

    // A process that has ended but was not collected yet has no command line.
    private func isRunning(_ pid: pid_t) -> Bool {
        guard kill(pid, 0) == 0 else { return false }
        let line = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
        return line.map { !$0.isEmpty } ?? false
    }

    @Test("A path names a binary or a folder; anything else there is an error that names it")
    func named() async throws {
        let fakes = try populated()
        let finder = fakes.finder()
        let folder = fakes.path("home/.pyenv/versions/3.12.1")
        #expect(try await finder.find(InterpreterRequest(file: folder)).version == Version(release: [3, 12, 1]))
        #expect(
            try await finder.find(InterpreterRequest(file: fakes.path("bin/python3"))).version
                == Version(release: [3, 10, 4]))
        for path in ["nowhere", "home", "home/.pyenv"] {
            await #expect(throws: InterpreterError.self) { try await finder.find(.init(file: fakes.path(path))) }
        }
    }

    @Test("Shims are looked through to the versions behind them")
    func shims() async throws {
        let fakes = try FakePythons()
        let real = try fakes.add("pyenv/versions/3.9.2/bin/python", .init(version: "3.9.2"))
        try fakes.add("pyenv/shims/python3.9", script: "exec '\(real)'")
        let finder = fakes.finder(["PATH": "\(fakes.root)/pyenv/shims"])
        #expect(try await finder.find(InterpreterRequest(parsing: "3.9")).baseExecutable == real)
        #expect(fakes.runs == 1)
        // Named by hand a shim is run, and what it chooses is meant.
        let chosen = try await finder.find(InterpreterRequest(file: fakes.path("pyenv/shims/python3.9")))
        #expect(chosen.baseExecutable == real)
    }

    @Test("Folders named by the person: of binaries, an installation, of installations, a file")
    func namedPlaces() async throws {
        let fakes = try FakePythons()
        try fakes.add("a/python3.9", .init(version: "3.9.1"))
        try fakes.add("b/bin/python3", .init(version: "3.10.1"))
        try fakes.add("c/one/bin/python3", .init(version: "3.11.1"))
        let file = try fakes.add("d/my-python", .init(version: "3.12.1"))
        let places = ["a", "b", "c"].map { fakes.path($0).string } + [file.string]
        let finder = fakes.finder(["PATH": "/nowhere", "PENSTOCK_PYTHON_PATH": places.joined(separator: ":")])
        let versions = await finder.all().map { "\($0.version)" }
        #expect(versions == ["3.9.1", "3.10.1", "3.11.1", "3.12.1"])
    }

    @Test("A virtual environment, of links or of copies, is based on the Python outside of it", arguments: [false, true])
    func virtualEnvironment(copied: Bool) async throws {
        let fakes = try FakePythons()
        let base = try fakes.add("base/bin/python3", .init(version: "3.11.3"))
        if copied {
            try fakes.add("venv/bin/python3", .init(version: "3.11.3"))
        } else {
            try FileManager.default.createDirectory(
                atPath: fakes.path("venv/bin").string, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: fakes.path("venv/bin/python3").string, withDestinationPath: base.string)
        }
        let text = "home = \(base.removingLastComponent())\ninclude-system-site-packages = false\n"
        try Data(text.utf8).write(to: URL(filePath: fakes.path("venv/pyvenv.cfg").string))
        let found = try await fakes.finder(launching: "venv/bin/python3").find()
        #expect(found.executable == fakes.path("venv/bin/python3"))
        #expect(found.baseExecutable == base)
        #expect(found.virtualEnvironment == fakes.path("venv"))
    }
}
