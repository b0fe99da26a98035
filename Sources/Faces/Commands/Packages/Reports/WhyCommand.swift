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
        return try FailureOutput(isJSON: report.saying.json, on: session.output).told {
            try question.tell([report.reported(in: session)], report.printer(in: session))
        }
    }
}

/// What is to be explained.
struct WhyArguments: ParsableArguments {
    @Argument(help: "The package to explain.", transform: AnyPackageName.init)
    var package: AnyPackageName

    @Option(help: ArgumentHelp("How many ways to show at most.", valueName: "number"))
    var limit = 20

    func tell(_ reported: [ReportedLock], _ printer: ReportPrinter) throws -> Int32 {
        let shown = reported.filter { $0.has(package) }
        guard !shown.isEmpty else { throw PackageNotLocked(package, in: reported) }
        return try printer.tell(shown.map { WhyReport(package, in: $0, limit: limit) })
    }

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
