import ArgumentParser
import Interpreters
import SystemPackage

/// `penstock python fetch REQUEST…`
struct PythonFetchCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Fetch the newest Python that answers a request, and print where it is.",
        discussion: """
            From the public standalone builds, or the mirror that PENSTOCK_PYTHON_MIRROR or PENSTOCK_PYTHON_MANIFEST names. What \
            is there already is not fetched. Examples:
              penstock python fetch 3.12
              penstock python fetch 3.11 3.13t
            """)

    @Flag(help: "Fetch also what is there, and replace it.")
    var again = false

    @Flag(help: "Fetch from no other machine.")
    var offline = false

    @OptionGroup var saying: SayingArguments

    @Argument(help: "Versions or ranges.")
    var requests: [String]

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: saying.json, on: session.output).told {
            let requests = try requests.map { text throws in try InterpreterRequest(parsing: text) }
            for request in requests {
                if case .file = request.wanted { throw ValidationError("'\(request)' is a path; name a version") }
            }
            let fetched = try PackageWorkshop.open(session, quiet: saying.quiet) { [again, offline] workshop in
                let fetching = workshop.fetching(isOffline: offline)
                var fetched: [PythonFetching.Fetched] = []
                for request in requests { fetched.append(try await fetching.fetch(request, again: again)) }
                return fetched
            }
            if saying.json {
                session.output.writeLine(try JSONText(fetched.map(FetchedPythonOutput.init)).text)
            } else {
                for python in fetched { session.output.writeLine(python.python.string) }
            }
            return 0
        }
    }
}
