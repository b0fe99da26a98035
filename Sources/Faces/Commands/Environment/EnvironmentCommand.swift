import ArgumentParser

/// `penstock env`: environments, whether a flow uses them or not.
struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Make environments, look at them, run programs in them.",
        discussion: """
            An environment is named by 4 or more digits of what it is addressed by, by a name (penstock env name), by its \
            folder, by a lock (pylock.toml), by a step of a past run (TrainFlow/12/train), or by one of a flow file \
            (flow.py:train).
            """,
        subcommands: [
            EnvironmentListCommand.self, EnvironmentShowCommand.self, EnvironmentCreateCommand.self,
            EnvironmentPathCommand.self, EnvironmentRunCommand.self, EnvironmentShellCommand.self,
            EnvironmentNameCommand.self, EnvironmentDiffCommand.self, EnvironmentVerifyCommand.self,
            EnvironmentRemoveCommand.self,
        ])
}
