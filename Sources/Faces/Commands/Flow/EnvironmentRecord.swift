import Digests
import FoundationEssentials
import Ledger
import RunDriver

/// What is noted with the tasks of a step that has an environment of its own; clients read it as `environment_info`.
struct EnvironmentRecord: Encodable {
    let type: StepEnvironment.Kind
    /// Stands for the environment's whole content.
    let id: String
    /// The version of its Python.
    let python: String
    /// The name of the lock in the code package.
    let lock: String
    let packages: [StepEnvironment.LockedName]

    init(_ environment: StepEnvironment) {
        type = environment.kind
        id = environment.digest.hex
        python = environment.pythonVersion
        lock = environment.lockFile
        packages = environment.packages
    }

    var metadata: MetadataEntry? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return nil }
        return MetadataEntry(
            name: "environment-info", value: String(decoding: data, as: UTF8.self), type: "environment-info")
    }
}
