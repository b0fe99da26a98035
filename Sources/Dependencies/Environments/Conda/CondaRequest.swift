import CondaChannels
import Digests
import Interpreters
import Lockfiles
import PackageSources
import SystemPackage

/// What an environment with conda packages is made of.
struct CondaRequest: Sendable {
    let lock: PyLock
    let part: CondaPart
    /// What paths in the lock are relative to.
    let folder: FilePath?
    /// Lets the Python of the environment describe itself.
    let finder: InterpreterFinder
    let openArchives: @Sendable () async throws -> CondaArchiveSource
    let openClient: @Sendable () async throws -> PackageIndexClient

    /// The interpreter, relative to the root of the environment.
    static let command = "bin/python"
}
