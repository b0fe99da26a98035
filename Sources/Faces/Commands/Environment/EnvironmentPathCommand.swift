import ArgumentParser
import Environments
import SystemPackage

/// `penstock env path ENVIRONMENT`: where it lies.
struct EnvironmentPathCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "path", abstract: "Print the folder of an environment; it is built if it is not there.")

    @OptionGroup var environment: EnvironmentArguments

    @Flag(help: "Print the path of its Python.")
    var python = false

    func perform(in session: StandaloneSession) throws -> Int32 {
        if let launch = environment.launch("path", python ? ["--python"] : []) { return try launch.perform(in: session) }
        let (found, index) = (try environment.found(in: session), environment.index.options())
        let usable = try PackageWorkshop.open(session, quiet: false) { try await $0.usable(found, index) }
        session.output.writeLine((python ? usable.python : usable.root).string)
        return 0
    }
}
