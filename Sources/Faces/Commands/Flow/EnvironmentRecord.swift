import Digests
import FoundationEssentials
import Ledger
import RunDriver
import SystemPackage

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
    private let root: String

    private enum CodingKeys: String, CodingKey {
        case type, id, python, lock, packages
    }

    init(_ environment: StepEnvironment) {
        type = environment.kind
        id = environment.digest.hex
        python = environment.pythonVersion
        lock = environment.lockFile
        packages = environment.packages
        root = environment.root.string
    }

    /// The record itself and, of an environment with conda packages, where it is.
    var metadata: [MetadataEntry] {
        let prefix = MetadataEntry(name: "conda_env_prefix", value: root, type: "conda_env_prefix")
        return (record.map { [$0] } ?? []) + (type == .conda ? [prefix] : [])
    }

    private var record: MetadataEntry? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return nil }
        return MetadataEntry(
            name: "environment-info", value: String(decoding: data, as: UTF8.self), type: "environment-info")
    }
}
