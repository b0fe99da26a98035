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
              penstock resolve --conda 'numpy>=1.26' --conda python=3.12 --platform linux-64
              penstock resolve --conda numpy 'pandas>=2'
              penstock resolve environment.yml
              penstock resolve pandas --resolution lowest-direct --json
            """)

    @OptionGroup var wanted: RequirementArguments
    @OptionGroup(title: "Conda") var conda: CondaArguments
    @OptionGroup(title: "Targets") var target: TargetArguments
    @OptionGroup(title: "Versions") var resolution: ResolutionArguments
    @OptionGroup(title: "Indexes") var index: IndexArguments
    @OptionGroup var saying: SayingArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        guard conda.isAsked || !wanted.sources.isEmpty else { throw ValidationError("nothing is asked for; name requirements, or a file with -r") }
        return try FailureOutput(isJSON: saying.json, on: session.output).told {
            let order = PackageOrder(
                sources: wanted.sources, index: index, resolution: resolution, pythons: target.pythons, platforms: target.platforms,
                conda: conda)
            guard let found = try PackageWorkshop.open(session, quiet: saying.quiet, { try await $0.shown(order) }) else { return 0 }
            if saying.json {
                session.output.writeLine(try JSONText(found).text)
            } else {
                for line in found.lines(on: session.output) { session.output.writeLine(line) }
            }
            return 0
        }
    }
}

/// Packages that were chosen, to be shown.
protocol ShownResolution: Encodable, Sendable {
    /// A table for a person.
    func lines(on terminal: Terminal) -> [String]
}
