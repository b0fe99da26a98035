package import Diagnostics

/// Where an object of the record is: `Flow`, `Flow/run`, `Flow/run/step`, `Flow/run/step/task` or
/// `Flow/run/step/task/artifact`.
package struct Pathspec: Hashable, Sendable, CustomStringConvertible {
    /// What stands at a depth.
    package enum Level: Int, Sendable, Hashable, CaseIterable {
        case flow = 1, run, step, task, artifact
    }

    /// One to five non-empty parts.
    package let components: [String]

    private init(components: [String]) { self.components = components }

    package init(_ flow: FlowName) { components = [flow.text] }
    package init(_ flow: FlowName, _ run: RunID) { components = [flow.text, run.text] }
    package init(_ flow: FlowName, _ run: RunID, _ step: StepName) { components = [flow.text, run.text, step.text] }
    package init(_ flow: FlowName, _ run: RunID, _ step: StepName, _ task: TaskID) {
        components = [flow.text, run.text, step.text, task.text]
    }

    /// Reads a pathspec that begins with the flow's name.
    package init(parsing text: String) throws(PathspecError) {
        try self.init(text: text, parts: Self.parts(of: text))
    }

    /// Reads `run/step/task` as it is typed beside a flow file, where the flow's name goes without saying.
    package init(parsing text: String, within flow: FlowName) throws(PathspecError) {
        try self.init(text: text, parts: [flow.text] + Self.parts(of: text))
    }

    private init(text: String, parts: [String]) throws(PathspecError) {
        guard parts.allSatisfy({ !$0.isEmpty }) else { throw PathspecError(text: text, problem: .emptyPart) }
        guard Level(rawValue: parts.count) != nil else { throw PathspecError(text: text, problem: .tooDeep) }
        self.init(components: parts)
    }

    private static func parts(of text: String) -> [String] {
        text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    package var level: Level { Level(rawValue: components.count) ?? .flow }
    package var flow: FlowName { FlowName(components[0]) }
    package var run: RunID? { part(.run).map { RunID($0) } }
    package var step: StepName? { part(.step).map { StepName($0) } }
    package var task: TaskID? { part(.task).map { TaskID($0) } }
    package var artifact: String? { part(.artifact) }

    private func part(_ level: Level) -> String? {
        components.count >= level.rawValue ? components[level.rawValue - 1] : nil
    }

    package var description: String { components.joined(separator: "/") }
}

/// A text that is no pathspec.
package struct PathspecError: DiagnosticError, Hashable {
    package enum Problem: Sendable, Hashable { case emptyPart, tooDeep }

    package let text: String
    package let problem: Problem

    package var diagnostic: Diagnostic {
        let headline =
            switch problem {
            case .emptyPart: "the pathspec '\(text)' has an empty part"
            case .tooDeep: "the pathspec '\(text)' has too many parts"
            }
        return Diagnostic(.user, headline, help: "write Flow/run/step/task, or only the first parts of it")
    }
}
