import FlowModel
import FoundationEssentials
import SystemPackage

/// Files in which a run tells programs who it is, written before its first task starts.
struct RunFiles {
    var id: String?
    var attributes: String?

    init(_ options: RunOptions) {
        id = options.runIdFile
        attributes = options.runnerAttributeFile
    }

    /// - Parameter task: of a run that is one task only.
    func write(_ run: RunID, of flow: FlowName, store: FilePath, spun task: (step: StepName, task: TaskID)? = nil) throws {
        if let id { try write(Data(run.text.utf8), to: id, option: "run-id-file") }
        guard let attributes else { return }
        let folder = store.removingLastComponent().string
        var facts = [
            "run_id": run.text, "flow_name": flow.text, "metadata": "\(task == nil ? "local" : "spin")@\(folder)",
        ]
        if let task {
            facts["step_name"] = task.step.text
            facts["task_id"] = task.task.text
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try write(try encoder.encode(facts), to: attributes, option: "runner-attribute-file")
    }

    private func write(_ content: Data, to path: String, option: String) throws {
        do {
            try OutputFile(path).write(content)
        } catch FileError.cannotWrite(_, let reason) {
            throw RunCommandError.file(option: option, path: path, reason: reason)
        }
    }
}
