import ArgumentParser

/// `penstock …`: everything that needs no flow file at hand, and the commands of one that is named.
struct PenstockCommandLine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "penstock",
        abstract: "Run Python flows, with exactly the packages that each step needs.",
        discussion: """
            A flow is a Python file. `penstock run flow.py` is the same as `python flow.py run`; `python flow.py help` lists \
            all that can be done with it.
            """,
        version: "penstock \(EngineVersion.current)",
        groupedSubcommands: [
            CommandGroup(
                name: "Flows",
                subcommands: [RunFlowCommand.self, ResumeFlowCommand.self, SpinFlowCommand.self, CheckFlowCommand.self]),
            CommandGroup(
                name: "Runs",
                subcommands: [
                    RunsCommand.self, ShowRecordCommand.self, JobsCommand.self, LogsOfRecordCommand.self, ArtifactsCommand.self, TagsCommand.self,
                    AttachCommand.self, ReproduceCommand.self, RunDiffCommand.self, DatastoreCommand.self, LedgerCommand.self,
                ]),
            CommandGroup(
                name: "Packages",
                subcommands: [
                    ResolveCommand.self, LockCommand.self, TreeCommand.self, WhyCommand.self, OutdatedCommand.self,
                    ExportCommand.self, ImportCommand.self, EnvironmentCommand.self, CacheCommand.self, PythonCommand.self,
                ]),
            CommandGroup(
                name: "Penstock", subcommands: [CompletionCommand.self, ManualCommand.self, ServeCommand.self, ObjectsCommand.self, NodeTaskCommand.self]),
        ])
}
