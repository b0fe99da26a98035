import Diagnostics
package import Digests
package import FlowModel
package import Ledger
package import PackageSources
package import SystemPackage

/// The environment of a step, ready to run in.
package struct StepEnvironment: Sendable {
    /// Who says what is in it.
    package enum Kind: String, Sendable, Encodable {
        case pypi, uv
        /// Conda packages, and perhaps some of the index beside them.
        case conda
    }

    package var kind: Kind
    /// Its interpreter.
    package var python: FilePath
    /// Its folder.
    package var root: FilePath
    package var digest: SHA256Digest
    /// Keeps it from being removed as long as this exists.
    package var hold: CacheLock?
    /// The lock of a code package, as `pylock.toml`: projects in folders of this machine are wheels in it.
    package var lock: String
    /// These wheels.
    package var wheels: [FilePath]
    /// The name of the lock in a code package.
    package var lockFile: String
    package var pythonVersion: String
    package var packages: [LockedName]
    /// What the run has to record of it; empty without a snapshot.
    package var snapshot: [SnapshotEntry] = []

    /// A package of the lock.
    package struct LockedName: Sendable, Hashable, Encodable {
        package var name: String
        /// Absent where the source may change.
        package var version: String?

        package init(name: String, version: String?) {
            self.name = name
            self.version = version
        }
    }

    /// Short, and another one for each thing that is asked for.
    static func lockFile(_ key: SHA256Digest) -> String { "pylock.\(key.hex.prefix(15)).toml" }
}
