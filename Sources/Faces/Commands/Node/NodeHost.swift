import Diagnostics
import Digests
import Executors
import FoundationEssentials
import Interpreters
import Nodes
import PackageSources
import Remotes
import RunDriver
import Synchronization
import SystemPackage

/// How the worker host of a task is started on a node: its Python, which may have to be made first, and its variables.
struct NodeHost: Sendable {
    let code: NodeCode
    let commandLine: HostCommandLine
    /// Lines for the log of the task.
    let notes: [String]
    /// Keeps the environment from being removed.
    private let hold: CacheLock?

    init(
        _ job: NodeJob, _ code: NodeCode, cache: NodeCache, folder: FilePath, environment: [String: String]
    ) async throws {
        self.code = code
        let group = job.group
        let script = try code.script(group.script)
        let warnings = Warnings()
        let found: NodePython
        if let wanted = group.environment {
            found = try await NodePython(
                of: wanted, job, code, cache: cache, environment: environment, warn: { warnings.add($0) })
        } else {
            found = try await NodePython(onNode: group, cache: cache, environment: environment, warn: { warnings.add($0) })
        }
        hold = found.hold
        notes = warnings.all
        commandLine = HostCommandLine(
            python: found.python.string, entry: code.entry.string, flowFile: script.string,
            environment: Self.variables(found, job, code, folder, environment))
    }

    /// The node's own variables, and where code and records are.
    private static func variables(
        _ python: NodePython, _ job: NodeJob, _ code: NodeCode, _ folder: FilePath, _ environment: [String: String]
    ) -> [String: String] {
        var variables = python.root.map { IsolatedVariables(environment, in: $0).values } ?? environment
        let path = [code.modules.string] + (variables["PYTHONPATH"].map { [$0] } ?? [])
        variables["PYTHONPATH"] = path.joined(separator: ":")
        variables["METAFLOW_EXTRACTED_ROOT"] = code.folder.string
        variables["PENSTOCK_ENGINE"] = FlowLaunch.ownPath
        // The client in a step reads the datastore of the run, and keeps what it reads with this task.
        variables["PENSTOCK_ROOT"] = folder.string
        variables["PENSTOCK_DATASTORE_ROOT"] = job.remote.address.description
        variables["PENSTOCK_DEFAULT_DATASTORE"] = job.remote.address.kind == "s3" ? "s3" : "local"
        // Of this job, and not of what the step may start.
        for name in ["PENSTOCK_JOB_INDEX", "PENSTOCK_GANG_SIZE"] { variables[name] = nil }
        // Has to be there when Python starts.
        if let seed = job.group.variables["PYTHONHASHSEED"] { variables["PYTHONHASHSEED"] = seed }
        return variables
    }

    /// Warnings come from any thread.
    private final class Warnings: Sendable {
        private let texts = Mutex<[String]>([])

        func add(_ text: String) { texts.withLock { $0.append("penstock: " + text) } }

        var all: [String] { texts.withLock { $0 } }
    }
}
