import Diagnostics
package import Digests
package import FlowModel
package import PackageSources
package import SystemPackage

/// The environment of a step, ready to run in.
package struct StepEnvironment: Sendable {
    /// Its interpreter.
    package var python: FilePath
    /// Its folder.
    package var root: FilePath
    package var digest: SHA256Digest
    /// Keeps it from being removed as long as this exists.
    package var hold: CacheLock?
    /// The lock that it was made from, as `pylock.toml`.
    package var lock: String
    /// The name of the lock in a code package.
    package var lockFile: String
    package var pythonVersion: String
    package var packages: [LockedName]

    /// A package of the lock.
    package struct LockedName: Sendable, Hashable, Encodable {
        package var name: String
        /// Absent where the source may change.
        package var version: String?
    }

    /// Short, and another one for each thing that is asked for.
    static func lockFile(_ key: SHA256Digest) -> String { "pylock.\(key.hex.prefix(15)).toml" }
}
