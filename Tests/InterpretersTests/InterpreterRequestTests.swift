import Interpreters
import PythonPackaging
import SystemPackage
import Testing

@Suite("What a request means")
struct InterpreterRequestTests {
    struct Reading: CustomStringConvertible, Sendable {
        var text: String
        var wanted: InterpreterRequest.Wanted
        var implementation = "cpython"
        var isFreeThreaded = false
        var description: String { text }
    }

    static let readings: [Reading] = [
        Reading(text: "3", wanted: .series([3])),
        Reading(text: "3.11", wanted: .series([3, 11])),
        Reading(text: " 3.11.* ", wanted: .series([3, 11])),
        Reading(text: "3.9.13", wanted: .exactly(Version(release: [3, 9, 13]))),
        Reading(
            text: "3.15.0rc1",
            wanted: .exactly(Version(release: [3, 15, 0], pre: PreRelease(phase: .candidate, number: 1)))),
        Reading(text: "3.13t", wanted: .series([3, 13]), isFreeThreaded: true),
        Reading(text: "3.13.2t", wanted: .exactly(Version(release: [3, 13, 2])), isFreeThreaded: true),
        Reading(text: "python3.12", wanted: .series([3, 12])),
        Reading(text: "cpython@3.12", wanted: .series([3, 12])),
        Reading(text: "PyPy3.10", wanted: .series([3, 10]), implementation: "pypy"),
        Reading(text: "pypy", wanted: .anyVersion, implementation: "pypy"),
        Reading(text: "/opt/python3.13t", wanted: .file("/opt/python3.13t")),
        Reading(text: "./venv", wanted: .file("./venv")),
    ]

    @Test("Spellings", arguments: readings)
    func reads(_ row: Reading) throws {
        let request = try InterpreterRequest(parsing: row.text)
        #expect(request.wanted == row.wanted)
        #expect(request.implementation == row.implementation)
        #expect(request.isFreeThreaded == row.isFreeThreaded)
    }

    @Test("Ranges are specifiers", arguments: [">=3.9,<3.12", "~=3.11.4", "==3.11.*", "!=3.10.1"])
    func range(_ text: String) throws {
        #expect(try InterpreterRequest(parsing: text).wanted == .range(SpecifierSet(parsing: text)))
    }

    @Test("Nonsense is refused with its words", arguments: ["", "  ", "three", "3.11 or so", ">=", "3..1", "t", "3.x"])
    func nonsense(_ text: String) {
        #expect(throws: InterpreterError.self) { try InterpreterRequest(parsing: text) }
    }
}
