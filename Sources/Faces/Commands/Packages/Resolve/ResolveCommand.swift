import ArgumentParser
import Resolution

/// `penstock resolve REQUIREMENT…`: shows which versions go together, and writes nothing.
struct ResolveCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Show which packages meet requirements, without writing or installing anything.",
        discussion: """
            Examples:
              penstock resolve 'pandas>=2' scikit-learn
              penstock resolve 'fastapi[standard]' --python 3.12 --platform macos-arm64
              penstock resolve pandas --resolution lowest-direct --json
            """)

    @Argument(help: "Requirements as PEP 508 has them: pandas, 'pandas>=2', 'fastapi[standard]'.")
    var requirements: [String]

    @OptionGroup(title: "Targets") var target: TargetArguments
    @OptionGroup(title: "Versions") var resolution: ResolutionArguments
    @OptionGroup(title: "Indexes") var index: IndexArguments

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    @Flag(help: "Say nothing but the result.")
    var quiet = false

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let request = ResolutionRequest(try requirements.map { try RootRequirement(parsing: $0) })
            let workshop = try PackageWorkshop(session, index: index.options, quiet: quiet)
            defer { workshop.progress?.finish() }
            let answers = try waiting { [target, resolution] in
                try await workshop.answers(request, for: target, options: resolution.options)
            }
            guard let output = answers.first.map({ ResolutionOutput($0, to: request) }) else { return }
            if json {
                session.output.writeLine(try JSONText(output).text)
            } else {
                for line in output.lines(on: session.output) { session.output.writeLine(line) }
            }
        }
    }
}
