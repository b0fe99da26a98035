import FoundationEssentials
import Interpreters
import PythonPackaging
import Subprocess
import SystemPackage
import Testing

/// The Pythons of this machine, compared with what they say when asked in the ordinary way.
@Suite("The Pythons of this machine")
struct RealPythonTests {
    private func finder(_ fakes: FakePythons) -> InterpreterFinder {
        InterpreterFinder(
            environment: ProcessInfo.processInfo.environment, cacheFolder: fakes.path("cache"), launching: nil)
    }

    private func ask(_ python: FilePath, _ program: String) async throws -> String {
        let result = try await run(
            .path(python), arguments: ["-I", "-c", program], output: .string(limit: 1 << 16), error: .discarded)
        return result.standardOutput
    }

    @Test("Each describes itself as platform, sysconfig and venv would")
    func described() async throws {
        let fakes = try FakePythons()
        for interpreter in await finder(fakes).all() {
            let program = """
                import os, platform, sys, sysconfig
                print("\\n".join([
                    sys.implementation.name, platform.python_version(), platform.python_implementation(), os.name,
                    sys.platform, platform.machine(), platform.system(), platform.release(), platform.version(),
                    sys.base_prefix, os.path.realpath(sys.executable), sysconfig.get_paths()["stdlib"],
                ]))
                """
            let lines = try await ask(interpreter.executable, program).split(separator: "\n").map(String.init)
            let markers = interpreter.markerEnvironment
            let prefix = interpreter.prefix.string
            let ours = [
                markers.implementationName, markers.pythonFullVersion, markers.platformPythonImplementation,
                markers.osName, markers.sysPlatform, markers.platformMachine, markers.platformSystem,
                markers.platformRelease, markers.platformVersion, prefix, interpreter.baseExecutable.string,
                interpreter.standardLibrary.string,
            ]
            #expect(ours == lines, "\(interpreter.executable)")
        }
    }

    @Test("Their pip is asked for its index")
    func index() async throws {
        let fakes = try FakePythons()
        let finder = finder(fakes)
        guard let interpreter = await finder.all().first else { return }
        let index = try await finder.defaultIndex(of: interpreter)
        #expect(index.hasPrefix("http"))
    }
}
