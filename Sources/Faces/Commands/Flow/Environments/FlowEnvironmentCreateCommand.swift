import ArgumentParser
import FlowModel
import RunDriver
import SystemPackage

/// `environment create [STEP]`: builds what a run would need, and runs nothing.
struct FlowEnvironmentCreateCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Build the environments of all steps, or of one, without running anything.")

    @ParentCommand var parent: FlowEnvironmentCommand
    var root: FlowCommandLine { parent.root }

    @Argument(help: "The step; all if none is named.")
    var step: String?

    func perform(in session: FlowSession) throws -> Int32 {
        let flow = try FlowEnvironmentSession(session)
        let only = step.map { StepName($0) }
        if let only, flow.graph[only] == nil { throw SpinError.noStep(only, flow.graph.nodes.map(\.name)) }
        let prepared = try flow.perform { try await $0.prepare($1, only: only) }
        for node in flow.graph.nodes {
            guard let made = prepared[node.name] else { continue }
            session.output.writeLine("\(node.name)  \(made.root)")
        }
        if prepared.isEmpty { session.error.writeLine("No step has an environment of its own, so there is nothing to build.") }
        return 0
    }
}

/// `environment resolve`: finds the locks that a run would use, and builds nothing.
struct FlowEnvironmentResolveCommand: FlowCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Resolve the packages of all steps into the project's store, without building anything.",
        discussion: "The command lock writes locks beside the flow, for version control.")

    @ParentCommand var parent: FlowEnvironmentCommand
    var root: FlowCommandLine { parent.root }

    func perform(in session: FlowSession) throws -> Int32 {
        let flow = try FlowEnvironmentSession(session)
        let locks = try flow.perform { try await $0.locks(of: $1) }
        session.error.writeLine("\(locks.count) \(locks.count == 1 ? "lock is" : "locks are") there; environment show lists the packages.")
        return 0
    }
}
