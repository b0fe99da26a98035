import ArgumentParser

/// `penstock man`: the manual page.
struct ManualCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "man",
        abstract: "Print the manual page.",
        discussion: """
            In the form that man(1) reads. To look at it, or to keep it:
              penstock man | man -l -
              penstock man > ~/.local/share/man/man1/penstock.1
            """)

    func perform(in session: StandaloneSession) throws -> Int32 {
        guard let penstock = CommandTree.of(PenstockCommandLine.self), let flow = CommandTree.of(FlowCommandLine.self)
        else { return 1 }
        session.output.write(ManualPage(penstock, flow: flow).text)
        return 0
    }
}
