import CondaPackaging
import ArgumentParser
import Environments
import FlowModel
import Lockfiles
import PythonPackaging
import RunDriver
import SystemPackage

/// `environment list`: which step has which environment.
struct FlowEnvironmentListCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the steps with the environments that they have, resolved and built or not.")

    @ParentCommand var parent: FlowEnvironmentCommand
    var root: FlowCommandLine { parent.root }

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    func perform(in session: FlowSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let flow = try FlowEnvironmentSession(session)
            let states = try flow.perform(isQuiet: true) { try await $0.states(of: $1) }
            if json {
                session.output.writeLine(try JSONText(states.map { StepEnvironmentOutput($0) }).text)
                return 0
            }
            var table = TextTable("STEP", "PYTHON", ">PACKAGES", "LOCK", "ENVIRONMENT")
            for node in flow.graph.nodes {
                guard let state = states.first(where: { $0.steps.contains(node.name) }) else {
                    table.add(.init(node.name.text, .bold), "", "", "", .init("that of the flow", .dim))
                    continue
                }
                table.add(
                    .init(node.name.text, .bold), .init(state.python),
                    .init(state.lock == nil ? "?" : "\(state.packages.count + state.conda.count)"), .init(state.lockWords),
                    state.stored.map { .init(String($0.name.prefix(8)), .green) } ?? .init("not built", .yellow))
            }
            for line in table.lines(on: session.output) { session.output.writeLine(line) }
            return 0
        }
    }
}

extension StepEnvironmentState {
    /// Which lock it has: one beside the flow, one of the project's store, or none yet.
    var lockWords: String { file ?? (lock == nil ? "not resolved" : requirements.isEmpty ? "no packages" : "of the store") }
}

/// How the environment of some steps stands, as `--json` prints it.
struct StepEnvironmentOutput: Encodable {
    struct Package: Encodable {
        var name: String
        var version: String?
    }

    var steps: [String]
    var python: String
    var requirements: [String]
    /// The name of the lock, if it lies beside the flow.
    var lockFile: String?
    var isResolved: Bool
    /// Absent where it is not built.
    var environment: String?
    var path: String?
    var packages: [Package]

    init(_ state: StepEnvironmentState) {
        steps = state.steps.map(\.text)
        python = state.python
        requirements = state.requirements
        lockFile = state.file
        isResolved = state.lock != nil
        environment = state.stored?.name
        path = state.stored?.path.string
        let conda = state.conda.map { Package(name: $0.record.name.description, version: $0.record.version.description) }
        let python = state.packages.map { Package(name: $0.name.description, version: $0.version?.description) }
        packages = conda.isEmpty ? python : (conda + python).sorted { $0.name < $1.name }
    }
}
