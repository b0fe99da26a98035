import Diagnostics
import FoundationEssentials
import Interpreters
import SystemPackage
import Testing

@Suite("The index of an interpreter's pip")
struct DefaultIndexTests {
    @Test("Asked once, until the interpreter or a configuration file of pip changes")
    func kept() async throws {
        let fakes = try FakePythons()
        try fakes.add("bin/python3", .init(version: "3.11.2"))
        let finder = fakes.finder()
        let interpreter = try await finder.find()
        let before = fakes.runs
        for _ in 0..<3 {
            #expect(try await finder.defaultIndex(of: interpreter) == "https://index.example/simple")
        }
        #expect(fakes.runs == before + 1)
        let configuration = fakes.path("home/.config/pip/pip.conf")
        try FileManager.default.createDirectory(
            atPath: configuration.removingLastComponent().string, withIntermediateDirectories: true)
        try Data("[global]\n".utf8).write(to: URL(filePath: configuration.string))
        _ = try await finder.defaultIndex(of: interpreter)
        #expect(fakes.runs == before + 2)
    }

    @Test("A Python without pip lets the others be asked")
    func others() async throws {
        let fakes = try FakePythons()
        try fakes.add("bin/python3", .init(version: "3.11.2", index: nil))
        try fakes.add("bin/python3.12", .init(version: "3.12.2", index: "https://other.example/simple"))
        let finder = fakes.finder()
        #expect(try await finder.defaultIndex(of: finder.find()) == "https://other.example/simple")
    }

    @Test("With no pip at all the error names each Python and how to configure an index")
    func none() async throws {
        let fakes = try FakePythons()
        try fakes.add("bin/python3", .init(version: "3.11.2", index: nil))
        let finder = fakes.finder()
        let interpreter = try await finder.find()
        let error = await #expect(throws: InterpreterError.self) { try await finder.defaultIndex(of: interpreter) }
        #expect(error?.diagnostic.details.first?.contains("bin/python3: it has neither pip nor ensurepip") == true)
        #expect(error?.diagnostic.help?.contains("PIP_INDEX_URL") == true)
    }

    @Test("An address with a password is not written down")
    func password() async throws {
        let fakes = try FakePythons()
        try fakes.add("bin/python3", .init(version: "3.11.2", index: "https://me:secret@index.example/simple"))
        let finder = fakes.finder()
        let interpreter = try await finder.find()
        #expect(try await finder.defaultIndex(of: interpreter).contains("secret"))
        for name in try FileManager.default.contentsOfDirectory(atPath: fakes.path("cache").string) {
            let text = try String(contentsOfFile: fakes.path("cache/\(name)").string, encoding: .utf8)
            #expect(!text.contains("secret"))
        }
    }
}
