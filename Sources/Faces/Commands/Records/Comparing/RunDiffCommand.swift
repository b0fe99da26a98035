import ArgumentParser

/// `penstock diff FLOW/RUN FLOW/RUN`: what a second run has otherwise than a first.
struct RunDiffCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Tell what a second run has otherwise than a first: code, packages, parameters, artifacts.",
        discussion: """
            Exits with 1 if there is a difference; how long the runs took does not count. Examples:
              penstock diff TrainFlow/12 TrainFlow/15
              penstock diff TrainFlow/12 TrainFlow/15 --json
            """)

    @Argument(
        help: ArgumentHelp("FLOW/RUN", valueName: "first"), completion: PathspecCompletion.everything)
    var first: String

    @Argument(help: ArgumentHelp("FLOW/RUN", valueName: "second"), completion: PathspecCompletion.everything)
    var second: String

    @OptionGroup var place: RecordArguments

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let sides = try [first, second].map { try ComparedRun($0, in: place.records(in: session, for: $0)) }
            let comparison = try RunComparison(sides[0], sides[1])
            if json {
                session.output.writeLine(try JSONText(RunComparisonOutput(comparison)).text)
            } else {
                var buffer = OutputBuffer(session.output)
                for line in RunComparisonLines(comparison, on: session.output).lines { buffer.writeLine(line) }
                buffer.flush()
            }
            return comparison.isSame ? 0 : 1
        }
    }
}
