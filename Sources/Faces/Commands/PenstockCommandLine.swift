import ArgumentParser

/// `penstock …`: everything that needs no flow file at hand.
struct PenstockCommandLine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "penstock",
        abstract: "Run Python flows, with exactly the packages that each step needs.",
        discussion: "Flows run with `python flow.py run`. These commands are for what stands around them.",
        version: "penstock \(EngineVersion.current)",
        subcommands: [LockCommand.self, EnvironmentCommand.self, ServeCommand.self])
}
