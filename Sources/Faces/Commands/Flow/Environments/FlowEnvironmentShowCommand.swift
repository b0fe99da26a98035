import CondaPackaging
import ArgumentParser
import Environments
import FlowModel
import Lockfiles
import PythonPackaging
import RunDriver
import SystemPackage

/// `environment show [STEP…]`: what is in the environments of steps.
struct FlowEnvironmentShowCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the Python, the packages and the lock of steps, all if none is named.")

    @ParentCommand var parent: FlowEnvironmentCommand
    var root: FlowCommandLine { parent.root }

    @Argument(help: "The steps.")
    var steps: [String] = []

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    func perform(in session: FlowSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let flow = try FlowEnvironmentSession(session)
            if let unknown = steps.first(where: { flow.graph[StepName($0)] == nil }) {
                throw SpinError.noStep(StepName(unknown), flow.graph.nodes.map(\.name))
            }
            let states = try flow.perform(isQuiet: true) { try await $0.states(of: $1) }.filter { state in
                steps.isEmpty || state.steps.contains { steps.contains($0.text) }
            }
            if json {
                session.output.writeLine(try JSONText(states.map { StepEnvironmentOutput($0) }).text)
            } else {
                if states.isEmpty { session.error.writeLine("These steps run in the interpreter that runs the flow.") }
                for line in states.map(lines(session.output)).joined(separator: [""]) { session.output.writeLine(line) }
            }
            return 0
        }
    }

    private func lines(_ terminal: Terminal) -> (StepEnvironmentState) -> [String] {
        { state in
            let names = state.steps.map(\.text).joined(separator: ", ")
            var facts = FactList()
            facts.add("python", state.python)
            facts.add("asks for", state.requirements.joined(separator: ", "))
            facts.add("lock", state.lockWords)
            facts.add("path", state.stored?.path.string ?? "not built yet; the command environment create builds it")
            var table = TextTable("PACKAGE", "VERSION", "FROM")
            for package in state.conda {
                table.add(
                    .init(package.record.name.description, .bold), .init(package.record.version.description), .init(package.channel))
            }
            for package in state.packages {
                table.add(
                    .init(package.name.description, .bold), .init(package.version?.description ?? ""),
                    .init(package.source.comparedWords))
            }
            return [Style.bold("Step \(names)", on: terminal)] + facts.lines(on: terminal)
                + (table.isEmpty ? [] : table.lines(on: terminal, indent: "  ", cutsLast: true))
        }
    }
}
