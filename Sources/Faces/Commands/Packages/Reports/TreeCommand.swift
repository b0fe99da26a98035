import ArgumentParser
import PythonPackaging

/// `penstock tree`: who needs whom.
struct TreeCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree",
        abstract: "Show packages as a tree: what was asked for, and below it what that needs.",
        discussion: """
            Examples:
              penstock tree
              penstock tree pylock.train.toml --depth 1
              penstock tree flow.py
              penstock tree 'pandas>=2' --invert numpy
            """)

    @OptionGroup var shape: TreeArguments
    @OptionGroup var report: ReportArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        if let launch = report.launch(in: session) { return try launch.perform(in: session) }
        return try FailureOutput(isJSON: report.saying.json, on: session.output).told {
            try shape.tell([report.reported(in: session)], report.printer(in: session))
        }
    }
}

/// How a tree is shown.
struct TreeArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp("Show this package, and below it those that need it.", valueName: "package"),
        transform: AnyPackageName.init)
    var invert: AnyPackageName?

    @Option(help: ArgumentHelp("How many levels to show below the first; 0 for none.", valueName: "number"))
    var depth: Int?

    func tell(_ reported: [ReportedLock], _ printer: ReportPrinter) throws -> Int32 {
        if let invert, !reported.contains(where: { $0.has(invert) }) { throw PackageNotLocked(invert, in: reported) }
        let shown = reported.filter { lock in invert.map(lock.has) ?? true }
        return try printer.tell(shown.map { TreeReport($0, inverted: invert, depth: depth) })
    }

    func validate() throws {
        if let depth, depth < 0 { throw ValidationError("--depth is \(depth); it must be 0 or more") }
    }
}
