import ArgumentParser
import Environments
import Lockfiles
import RunDriver
import SystemPackage

/// `penstock env name NAME ENVIRONMENT`: lets a name stand for the lock of an environment.
struct EnvironmentNameCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "name", abstract: "Give an environment a name, or list the names.",
        usage: "penstock env name [<name> <environment>]\n       penstock env name --remove <name>",
        discussion: """
            A name stands for a lock, so that the environment can be built again wherever it is missing. Names are yours, for \
            all projects; a lock called pylock.NAME.toml in the current folder, or beside a flow, comes first, and can be kept \
            in version control. Steps use names with @named_env(name="ds").
            """)

    @Argument(help: ArgumentHelp("The name: ds, team/ds, ds:v2.", valueName: "name"))
    var name: String?

    @Argument(
        help: ArgumentHelp("Digits, another name, a folder, a lock, or FLOW/RUN/STEP.", valueName: "environment"),
        completion: EnvironmentCompletion.all)
    var environment: String?

    @Flag(help: "Forget the name. The environment stays.")
    var remove = false

    @OptionGroup var place: RecordArguments

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if remove, name == nil || environment != nil { throw ValidationError("--remove takes one name") }
        if !remove, name != nil, environment == nil {
            throw ValidationError("an environment is missing; write: penstock env name NAME ENVIRONMENT")
        }
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        let finder = try EnvironmentFinder(session, place)
        if remove, let name {
            guard try finder.names.forget(name) else {
                throw EnvironmentReferenceError.unknown(name, names: finder.names.names(), digits: [])
            }
            session.error.writeLine("The name \(name) is forgotten.")
        } else if let name, let environment {
            try finder.names.keep(try lock(of: environment, finder), as: name)
            session.error.writeLine("\(name) stands for the lock of \(environment).")
        } else {
            try list(finder, in: session)
        }
        return 0
    }

    private func lock(of text: String, _ finder: EnvironmentFinder) throws -> PyLock {
        let found = try finder.find(text)
        guard let lock = try found.lock else { throw EnvironmentReferenceError.noRecord(path: text) }
        let folder: FilePath
        if case .locked(let locked) = found { folder = locked.folder } else { folder = FilePath(found.origin?.folder ?? "/") }
        return lock.withAbsolutePaths(below: folder.string)
    }

    private struct NameOutput: Encodable {
        var name: String
        var lock: String
        var packages: Int
        var python: String?
    }

    private func list(_ finder: EnvironmentFinder, in session: StandaloneSession) throws {
        let outputs = try finder.names.names().compactMap { name throws -> NameOutput? in
            guard let entry = try finder.names.entry(name) else { return nil }
            return NameOutput(
                name: name, lock: entry.file.string, packages: entry.lock.packages.count,
                python: entry.lock.origin?.python ?? entry.lock.requiresPython)
        }
        if json { return session.output.writeLine(try JSONText(outputs).text) }
        if outputs.isEmpty { return session.error.writeLine("There are no names yet.") }
        var table = TextTable("NAME", "PYTHON", ">PACKAGES", "LOCK")
        for output in outputs {
            table.add(.init(output.name, .bold), .init(output.python ?? ""), .init("\(output.packages)"), .init(output.lock))
        }
        for line in table.lines(on: session.output) { session.output.writeLine(line) }
    }
}
