import ArgumentParser
import Interpreters

/// `penstock python list [--all | --available]`
struct PythonListCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the Pythons of this machine, or those that can be fetched.",
        discussion: """
            Examples:
              penstock python list
              penstock python list --all
              penstock python list --available --json
            """)

    enum Selection: String, EnumerableFlag {
        case all, available

        static func help(for value: Selection) -> ArgumentHelp? {
            switch value {
            case .all: "List also those that cannot be used, and why."
            case .available: "List what can be fetched for this machine."
            }
        }
    }

    @Flag var selection: Selection?

    @Flag(help: "Use only what is in the cache.")
    var offline = false

    @OptionGroup var saying: SayingArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: saying.json, on: session.output).told {
            selection == .available ? try listAvailable(in: session) : try listPresent(in: session)
        }
    }

    private func listPresent(in session: StandaloneSession) throws -> Int32 {
        let seen = try PackageWorkshop.open(session, quiet: saying.quiet) { await $0.finder.seen() }
        let outputs = seen.filter { selection == .all || $0.interpreter != nil }.map(PythonOutput.init)
        if saying.json {
            session.output.writeLine(try JSONText(outputs).text)
            return 0
        }
        var table = TextTable("PYTHON", "FROM", "PATH", "NOTE")
        for output in outputs {
            table.add(.init(output.title), .init(output.fetched ? "fetched" : ""), .init(output.path), .init(output.problem ?? "", .dim))
        }
        for line in table.lines(on: session.output) { session.output.writeLine(line) }
        return 0
    }

    private func listAvailable(in session: StandaloneSession) throws -> Int32 {
        let (manifest, present) = try PackageWorkshop.open(session, quiet: saying.quiet) { [offline] workshop in
            let fetching = workshop.fetching(isOffline: offline)
            return (try await fetching.offered(), Set(try fetching.fetched().map(\.name)))
        }
        guard let platform = BuildPlatform.current else { throw PythonFetchError.unsupportedSystem }
        let outputs = manifest.offers(on: platform).map { AvailablePythonOutput($0, isFetched: present.contains($0.name)) }
        if saying.json {
            session.output.writeLine(try JSONText(outputs).text)
            return 0
        }
        var table = TextTable("PYTHON", "RELEASE", ">SIZE", "HERE")
        for output in outputs {
            table.add(
                .init(output.title), .init(output.release ?? ""), .init(output.size.map { "\(ByteText($0))" } ?? ""),
                .init(output.fetched ? "fetched" : ""))
        }
        for line in table.lines(on: session.output) { session.output.writeLine(line) }
        return 0
    }
}
