import Datastore
import FoundationEssentials
import Glibc
import Ledger
import Remotes
import SystemPackage

/// Starts the flow file of a recorded run, from the code that was unpacked.
struct RecordedLaunch {
    private let recorded: RecordedRun
    private let code: UnpackedCode
    private let python: String
    private let session: StandaloneSession

    init(_ recorded: RecordedRun, _ code: UnpackedCode, python: String, in session: StandaloneSession) {
        self.recorded = recorded
        self.code = code
        self.python = python
        self.session = session
    }

    /// Becomes the Python that runs the flow file. Does not return when that succeeds.
    ///
    /// - Parameters:
    ///   - command: of the flow.
    ///   - more: variables besides the person's own and those that say where code and records are.
    func become(_ command: [String], _ more: [String: String] = [:]) throws -> Int32 {
        let script = code.folder.pushing(FilePath(recorded.code.script))
        guard FileManager.default.fileExists(atPath: script.string) else {
            throw ReproduceError.noFlow(script: recorded.code.script)
        }
        let words = ["--quiet"] + datastore + recorded.options.topWords + command
        let variables = variables.merging(more) { _, new in new }
        guard chdir(code.folder.string) == 0 else {
            throw ReproduceError.folder(path: code.folder.string, reason: String(cString: strerror(errno)))
        }
        let failure = Program(words: [python, script.string] + words, environment: variables).become()
        throw ReproduceError.notStarted(python: python, reason: failure.reason)
    }

    /// Where the records are, in words of a flow's command line.
    private var datastore: [String] {
        guard let address = recorded.records.remote?.store.address else { return ["--datastore", "local"] }
        return ["--datastore", address.kind == "s3" ? "s3" : "local", "--datastore-root", address.description]
    }

    private var variables: [String: String] {
        // Settings of files count for the folder that the person is in, which is left now.
        var variables = session.environment
        for name in ["PENSTOCK_CACHE_DIR", "PENSTOCK_HOME", "METAFLOW_HOME"] {
            if let path = variables[name], !path.isEmpty, !path.hasPrefix("~") { variables[name] = AbsolutePath(path).text }
        }
        variables["PENSTOCK_ROOT"] = recorded.records.location.root.removingLastComponent().string
        for name in ["PENSTOCK_DATASTORE_ROOT", "METAFLOW_DATASTORE_ROOT"] { variables[name] = nil }
        variables["PENSTOCK_ARCHIVES"] = "datastore"
        variables["PYTHONPATH"] = code.modules.string
        variables["METAFLOW_EXTRACTED_ROOT"] = code.folder.string
        variables["PYTHONDONTWRITEBYTECODE"] = "1"
        variables["PYTHONHASHSEED"] = recorded.options.hashSeed
        if variables["PENSTOCK_ENGINE"]?.isEmpty ?? true { variables["PENSTOCK_ENGINE"] = FlowLaunch.ownPath }
        return variables
    }
}
