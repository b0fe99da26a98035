import Environments
import Interpreters
import FoundationEssentials
import Subprocess
import SystemPackage
import TestSupport
import Testing

@Suite("Scripts of an environment")
struct ScriptTests {
    static let paths: [(python: FilePath, begins: String)] = [
        ("/env/bin/python", "#!/env/bin/python\n"),
        ("/with space/bin/python", "#!/bin/sh\n'''exec' \"/with space/bin/python\" \"$0\" \"$@\"\n' '''\n"),
        ("/odd\"$x`\\/python", "#!/odd\"$x`\\/python\n"),
        (
            FilePath("/" + String(repeating: "x", count: 125) + "/python"),
            "#!/bin/sh\n'''exec' \"/\(String(repeating: "x", count: 125))/python\" \"$0\" \"$@\"\n' '''\n"
        ),
    ]

    @Test("The first line starts the interpreter, however long its path", arguments: paths)
    func heading(python: FilePath, begins: String) {
        #expect(ScriptText(python: python).heading == begins)
    }

    static let points: [(text: String, module: String, attribute: String)] = [
        ("a = pkg:main", "pkg", "main"),
        ("a=pkg.sub:Class.method", "pkg.sub", "Class.method"),
        ("a = pkg : main [extra,other]", "pkg", "main"),
        ("a = _p2:_m", "_p2", "_m"),
    ]

    @Test("Entry points", arguments: points)
    func entryPoint(text: String, module: String, attribute: String) throws {
        let file = "# comment\n; comment\n[other]\nb = c\n[gui_scripts]\n\(text)\n"
        let found = try EntryPoint.scripts(in: Array(file.utf8))
        #expect(found == [EntryPoint(name: "a", module: module, attribute: attribute)])
    }

    @Test(
        "What is no entry point",
        arguments: ["a", "a = ", "a = pkg", "a = pkg:", "a = :main", "a = pkg:main()", "a = 1pkg:main", "a b/c = pkg:main", " = pkg:main", "a = pkg:main; x"])
    func noEntryPoint(text: String) {
        #expect(throws: WheelFault.self) { try EntryPoint.scripts(in: Array("[console_scripts]\n\(text)\n".utf8)) }
    }

    /// A wheel with both kinds of commands.
    private var wheel: TinyWheel {
        var wheel = TinyWheel("talker")
        wheel.entryPoints = "[console_scripts]\ntalk = talker.cli:Talker.main\n"
        wheel.files = [
            .init(
                path: "talker/cli.py",
                content: """
                    import sys

                    class Talker:
                        @staticmethod
                        def main():
                            print("talk", *sys.argv[1:])
                            return 7
                    """),
            .init(path: "talker/__init__.py", content: ""),
            .init(path: "talker-1.0.data/scripts/say", content: "#!python\nimport talker, sys\nprint('say', sys.argv[1])\n"),
        ]
        return wheel
    }

    @Test("They run, with the environment's packages and no others, under short and long paths", arguments: [0, 10])
    func run(depth: Int) async throws {
        let workshop = try Workshop(depth: depth)
        defer { workshop.close() }
        let finder = InterpreterFinder(environment: ProcessInfo.processInfo.environment, cache: workshop.cache)
        guard let interpreter = await finder.all().first else { return }
        let built = try await workshop.install([wheel], on: interpreter)
        let talk = try await output(built.path.pushing("bin/talk"), ["a b", "c"])
        #expect(talk.standardOutput == "talk a b c\n")
        #expect(talk.terminationStatus == .exited(7))
        let say = try await output(built.path.pushing("bin/say"), ["it's"])
        #expect(say.standardOutput == "say it's\n")
        let program = """
            import sys, talker
            print(sys.prefix, sys.base_prefix != sys.prefix)
            print([entry for entry in sys.path if entry.endswith("-packages")])
            """
        let python = try await output(built.python, ["-I", "-c", program])
        let library = built.path.pushing(FilePath(interpreter.layout.pureLibrary))
        #expect(python.standardOutput == "\(built.path) True\n['\(library)']\n")
    }

    private func output(
        _ program: FilePath, _ arguments: [String]
    ) async throws -> ExecutionResult<Void, StringOutput<UTF8>, StringOutput<UTF8>> {
        try await Subprocess.run(
            .path(program), arguments: Arguments(arguments), output: .string(limit: 65536), error: .string(limit: 65536))
    }
}
