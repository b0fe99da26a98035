public import Digests
public import Interpreters
public import PackageSources
public import SystemPackage

/// An environment that is ready to be run in.
public struct BuiltEnvironment: Sendable {
    /// Its root.
    public let path: FilePath
    /// The interpreter to run.
    public let python: FilePath
    /// What it is addressed by.
    public let digest: SHA256Digest
    /// Keeps it from being removed as long as this exists; nothing for one outside of the cache.
    public let hold: CacheLock?
    /// Whether it was built just now, by this process.
    public let wasBuilt: Bool
    /// What was odd while it was built; empty for one that existed.
    public let warnings: [EnvironmentWarning]
    /// The Python of the environment itself, where it is one of its conda packages.
    public internal(set) var interpreter: Interpreter?

    func with(_ interpreter: Interpreter) -> BuiltEnvironment {
        var copy = self
        copy.interpreter = interpreter
        return copy
    }
}
