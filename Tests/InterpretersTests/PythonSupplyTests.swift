import Diagnostics
import Interpreters
import PythonPackaging
import SystemPackage
import Testing

@Suite("A supply of Pythons that the machine does not have")
struct PythonSupplyTests {
    /// Has one Python, or fails, or is not configured.
    private struct Supply: PythonSupply {
        struct Failure: DiagnosticError {
            var diagnostic: Diagnostic { Diagnostic(.user, "the channel has none", help: "ask for another one") }
        }

        var path: FilePath?
        var fails = false

        func python(for request: InterpreterRequest, isOffline: Bool) async throws -> FilePath? {
            if fails { throw Failure() }
            return path
        }
    }

    private func fakes() throws -> FakePythons {
        let fakes = try FakePythons()
        try fakes.add("bin/python3", .init(version: "3.11.2"))
        try fakes.add("elsewhere/bin/python3", .init(version: "3.13.4"))
        return fakes
    }

    @Test("It is asked for what the machine does not have, and for nothing else")
    func asked() async throws {
        let fakes = try self.fakes()
        var finder = fakes.finder()
        finder.supply = Supply(path: fakes.path("elsewhere/bin/python3"))
        #expect(try await finder.find(InterpreterRequest(parsing: "3.13")).version.description == "3.13.4")
        #expect(try await finder.find(InterpreterRequest(parsing: "3.11")).version.description == "3.11.2")
        #expect(try await finder.find().version.description == "3.11.2")
        await #expect(throws: InterpreterError.self) { try await finder.onThisMachine.find(InterpreterRequest(parsing: "3.13")) }
    }

    @Test("What it has and was not asked for is refused; what it says is told with what was found")
    func failures() async throws {
        let fakes = try self.fakes()
        var finder = fakes.finder()
        finder.supply = Supply(path: fakes.path("elsewhere/bin/python3"))
        let other = await #expect(throws: InterpreterError.self) { try await finder.find(InterpreterRequest(parsing: "3.12")) }
        guard case .notSupplied(let wanted, let seen, let cause, nil)? = other else {
            Issue.record("\(String(describing: other))")
            return
        }
        #expect(wanted == "3.12" && seen.map(\.finding) == ["3.11.2"])
        #expect((cause as? InterpreterError)?.diagnostic.headline.contains("it is Python 3.13.4") == true)
        finder.supply = Supply(fails: true)
        let told = await #expect(throws: InterpreterError.self) { try await finder.find(InterpreterRequest(parsing: "3.12")) }
        #expect(told?.diagnostic.headline == "no Python 3.12 was found, and none could be had from a conda channel")
        #expect(told?.diagnostic.help?.hasPrefix("ask for another one\n") == true)
    }

    @Test("One that nobody has configured changes nothing")
    func silent() async throws {
        let fakes = try self.fakes()
        var finder = fakes.finder()
        finder.supply = Supply()
        let error = await #expect(throws: InterpreterError.self) { try await finder.find(InterpreterRequest(parsing: "3.12")) }
        #expect(error?.diagnostic.headline == "no Python 3.12 was found")
    }
}
