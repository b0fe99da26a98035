import ArgumentParser
import Interpreters
import SystemPackage

/// `penstock python remove NAME…`
struct PythonRemoveCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove Pythons that Penstock has fetched.",
        discussion: """
            Environments that rest on one are made anew when a run wants them again. Examples:
              penstock python remove 3.12.7
              penstock python remove cpython-3.12.7-linux-x86_64-gnu
            """)

    @Flag(help: "Remove also what a process runs.")
    var force = false

    @OptionGroup var saying: SayingArguments

    @Argument(help: "Versions, ranges, or names of folders.")
    var names: [String]

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: saying.json, on: session.output).told {
            let removed = try PackageWorkshop.open(session, quiet: saying.quiet) { [names, force] workshop in
                let fetching = workshop.fetching()
                let chosen = try fetching.fetched(matching: names)
                for python in chosen { try await fetching.remove(python, force: force) }
                return chosen
            }
            if saying.json {
                session.output.writeLine(try JSONText(removed.map(FetchedPythonOutput.init)).text)
            } else {
                for python in removed { session.output.writeLine(python.place.string) }
            }
            return 0
        }
    }
}
