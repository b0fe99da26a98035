import ArgumentParser

/// `python flow.py [OPTIONS] COMMAND [ARGUMENTS]`: the commands of one flow.
struct FlowCommandLine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flow.py",
        abstract: "Run, inspect and package this flow.",
        subcommands: [
            CheckCommand.self, ShowCommand.self, RunCommand.self, ResumeCommand.self, SpinCommand.self, ReproductionCommand.self, AttachmentCommand.self, DumpCommand.self,
            LogsCommand.self, CardCommand.self, TagCommand.self, PackageCommand.self, FlowLockCommand.self,
            FlowTreeCommand.self, FlowWhyCommand.self, FlowOutdatedCommand.self, FlowEnvironmentCommand.self, OutputRawCommand.self, OutputDotCommand.self,
            ClusterCommand<SlurmCluster>.self, ClusterCommand<KubernetesCluster>.self, ClusterCommand<BatchCluster>.self,
            VersionCommand.self, DescribeCommand.self,
        ],
        defaultSubcommand: CheckCommand.self)

    @OptionGroup var top: TopOptions
}

/// The options that stand before the command. Each can come from the environment, as `PENSTOCK_NAME` or
/// `METAFLOW_NAME`.
struct TopOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "Leave out the banner and the notes of checks.")
    var quiet = false

    @Flag(name: .customLong("not-quiet"), help: .hidden)
    var notQuiet = false

    @Option(help: ArgumentHelp("Where the environments of steps come from: local, pypi, conda, or uv.", valueName: "kind"))
    var environment: String?

    @Option(help: ArgumentHelp("Where runs are recorded: local.", valueName: "kind"))
    var metadata: String?

    @Option(
        help: ArgumentHelp(
            "Where runs are kept besides the project's folder: nowhere (local), or in a bucket (s3).", valueName: "kind"))
    var datastore: String?

    @Option(
        help: ArgumentHelp(
            "The folder that holds the store (.penstock), or the address of a remote datastore, as s3://BUCKET/PREFIX.",
            valueName: "place"))
    var datastoreRoot: String?

    @Option(
        help: ArgumentHelp("Further suffixes of files that belong to the code package, as .sql,.txt", valueName: "suffixes"))
    var packageSuffixes: String?

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp("Add a decorator to every step that lacks it, as retry:times=2.", valueName: "decorator"))
    var decorators: [String] = []

    @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: .hidden)
    var pylint = true

    @Option(help: .hidden)
    var eventLogger: String?

    @Option(help: .hidden)
    var monitor: String?
}

/// A command of a flow.
protocol FlowCommand: ParsableCommand {
    /// Does the command's work and returns the exit code.
    func perform(in session: FlowSession) throws -> Int32
    /// The command line above this one, which holds the top options.
    var root: FlowCommandLine { get }
}
