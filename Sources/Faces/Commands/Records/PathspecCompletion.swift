import ArgumentParser
import Datastore
import FlowModel
import FoundationEssentials
import Ledger
import MetaflowStore
import SystemPackage

/// What a pathspec may go on with, for the completion of a shell: names of what was recorded in this project.
enum PathspecCompletion {
    /// Nobody looks through more.
    private static let most = 50

    static let flows = CompletionKind.custom { _, _, prefix in candidates(for: prefix, deepest: .flow) }
    static let runs = CompletionKind.custom { _, _, prefix in candidates(for: prefix, deepest: .run) }
    static let everything = CompletionKind.custom { _, _, prefix in candidates(for: prefix, deepest: .artifact) }

    /// Whole pathspecs, one level deeper than what stands before the last slash.
    private static func candidates(for prefix: String, deepest: Pathspec.Level) -> [String] {
        let location = StoreLocation.discover(
            environment: ProcessInfo.processInfo.environment,
            workingDirectory: FilePath(FileManager.default.currentDirectoryPath))
        let parts = prefix.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= deepest.rawValue, !parts.dropLast().contains(""),
            let history = history(at: location), let names = try? names(below: parts.dropLast(), in: history)
        else { return [] }
        let before = parts.dropLast().map { $0 + "/" }.joined()
        return names.lazy.filter { $0.hasPrefix(parts.last ?? "") }.prefix(most).map { before + $0 }
    }

    private static func history(at location: StoreLocation) -> RunHistories? {
        let folder = MetaflowFolder.belonging(
            to: location, isNamed: false, environment: ProcessInfo.processInfo.environment)
        let records = (try? RunRecords.existing(at: location)).flatMap { $0 }
        return records == nil && folder == nil ? nil : RunHistories(records, folder.map { MetaflowHistory($0) })
    }

    private static func names(below parts: ArraySlice<String>, in history: RunHistories) throws -> [String] {
        switch parts.count {
        case 0: return try history.flows().map(\.name.text)
        case 1: return try history.runs(RunSearch(flow: FlowName(parts[0]), limit: 1000)).map(\.key.run.text)
        case 2: return try history.steps(of: RunKey(flow: FlowName(parts[0]), run: RunID(parts[1]))).map(\.name.text)
        case 3:
            let run = RunKey(flow: FlowName(parts[0]), run: RunID(parts[1]))
            return try history.tasks(of: run, step: StepName(parts[2]), before: nil, limit: 1000).map(\.task.text)
        default:
            let run = RunKey(flow: FlowName(parts[0]), run: RunID(parts[1]))
            guard let task = try history.task(TaskKey(run: run, task: TaskID(parts[3]))) else { return [] }
            return try history.visibleArtifacts(of: task, in: run).map(\.name)
        }
    }
}
