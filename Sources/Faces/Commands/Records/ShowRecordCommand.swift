import ArgumentParser
import Datastore
import Diagnostics
import FlowModel
import FoundationEssentials
import Ledger

/// `penstock show PATHSPEC`: what is known of a flow, a run, a step, a task or an artifact.
struct ShowRecordCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a flow, a run, a step, a task or an artifact; or the steps of a flow file.",
        discussion: """
            Examples:
              penstock show TrainFlow                    its runs
              penstock show TrainFlow/1763900000000000   how a run stands, step by step
              penstock show TrainFlow/17…/train/3        the attempts and the artifacts of a task
              penstock show flow.py                      the steps of a flow file
            """)

    @Argument(
        help: ArgumentHelp("FLOW, FLOW/RUN, FLOW/RUN/STEP and so on; or a flow file.", valueName: "pathspec"),
        completion: PathspecCompletion.everything)
    var path: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var place: RecordArguments
    @OptionGroup var interpreter: InterpreterArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        if FlowLaunch.isFlowFile(path) {
            return try FlowLaunch(
                file: path, command: ["show"] + (json ? ["--json"] : []), python: interpreter.python
            ).perform(in: session)
        }
        let location = try RecordLocation(path, in: place.histories(in: session, for: path))
        let view = try view(of: location)
        if json {
            session.output.writeLine(try view.json().text)
        } else {
            var buffer = OutputBuffer(session.output)
            for line in try view.lines(on: session.output) { buffer.writeLine(line) }
            buffer.flush()
        }
        return 0
    }

    private func view(of location: RecordLocation) throws -> any RecordView {
        switch location.path.level {
        case .flow: return FlowView(location)
        case .run: return try RunView(location)
        case .step: return try StepView(location)
        case .task: return try TaskView(location)
        case .artifact: return try ArtifactView(location)
        }
    }
}

/// A record as a person or a program gets to see it.
protocol RecordView {
    func lines(on terminal: Terminal) throws -> [String]
    func json() throws -> JSONText
}

/// Names and values, the values below each other.
struct FactList {
    private var facts: [(name: String, value: String)] = []

    /// Nothing is said of what is unknown.
    mutating func add(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { facts.append((name, value)) }
    }

    func lines(on terminal: Terminal) -> [String] {
        let width = facts.map { $0.name.count }.max() ?? 0
        return facts.map { "  " + Style.dim($0.name.padded(toColumns: width), on: terminal) + "  " + $0.value }
    }
}
