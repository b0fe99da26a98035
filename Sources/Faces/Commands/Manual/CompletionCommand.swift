import ArgumentParser

/// `penstock completion SHELL`: a script that completes `penstock …` in a shell.
struct CompletionCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a script that completes penstock's commands in a shell.",
        discussion: """
            To load it:
              bash   source <(penstock completion bash)
              zsh    penstock completion zsh > ~/.zfunc/_penstock
              fish   penstock completion fish | source

            The first and the last belong into the shell's startup file. For zsh, ~/.zfunc must be in $fpath.
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var completionShell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "The shell.")
    var shell: Shell

    func perform(in session: StandaloneSession) throws -> Int32 {
        session.output.writeLine(PenstockCommandLine.completionScript(for: shell.completionShell))
        return 0
    }
}
