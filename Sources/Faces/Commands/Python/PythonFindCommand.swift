import ArgumentParser
import Interpreters
import SystemPackage

/// `penstock python find [REQUEST]`
struct PythonFindCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Print the Python of this machine that a step with this request would get.",
        discussion: """
            Fetches nothing. Examples:
              penstock python find 3.12
              penstock python find '>=3.10,<3.13'
              penstock python find 3.13t --json
            """)

    @OptionGroup var saying: SayingArguments

    @Argument(help: "A version, a range, or a path; without it, the first on the PATH.")
    var request: String?

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: saying.json, on: session.output).told {
            let request = try request.map { text throws in try InterpreterRequest(parsing: text) }
            let found = try PackageWorkshop.open(session, quiet: saying.quiet) { workshop in
                let interpreter = try await workshop.finder.findHere(request)
                return workshop.finder.seen(interpreter)
            }
            session.output.writeLine(saying.json ? try JSONText(PythonOutput(found)).text : found.path.string)
            return 0
        }
    }
}
