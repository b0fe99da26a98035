import ArgumentParser

/// `version`: which Penstock runs this flow.
struct VersionCommand: FlowCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version of Penstock.")

    @ParentCommand var root: FlowCommandLine

    func perform(in session: FlowSession) throws -> Int32 {
        session.error.writeLine("Penstock \(EngineVersion.current)")
        return 0
    }
}
