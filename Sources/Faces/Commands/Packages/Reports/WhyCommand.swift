import ArgumentParser
import PythonPackaging

/// `penstock why PACKAGE`: who asked for it, and by which ways.
struct WhyCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tell why a package is there: the shortest ways from what was asked for to it.",
        discussion: """
            Examples:
              penstock why numpy
              penstock why numpy flow.py
              penstock why six 'pandas<3' --json
            """)

    @OptionGroup var question: WhyArguments
    @OptionGroup var report: ReportArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        if let launch = report.launch(in: session) { return try launch.perform(in: session) }
        return try FailureOutput(isJSON: report.json, on: session.output).told {
            let reported = try report.reported(in: session)
            guard let why = WhyReport(question.package, in: reported, limit: question.limit) else {
                throw PackageNotLocked(question.package, in: reported)
            }
            try why.tell(isJSON: report.json, on: session)
        }
    }
}

/// What is to be explained.
struct WhyArguments: ParsableArguments {
    @Argument(help: "The package to explain.", transform: { try PackageName(argument: $0) })
    var package: PackageName

    @Option(help: ArgumentHelp("How many ways to show at most.", valueName: "number"))
    var limit = 20

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is \(limit); it must be 1 or more") }
    }
}

extension PackageName {
    /// Reads what was typed, and says in the parser's way what is wrong with it.
    init(argument text: String) throws {
        do {
            try self.init(parsing: text)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
