public import Digests
public import Interpreters
public import Lockfiles
public import PythonPackaging
public import SystemPackage

/// Makes wheels of what a lock has as sources. Environments are given one; the room SourceBuilds has it.
public protocol WheelBuilding: Sendable {
    /// A wheel of a source distribution, archive, repository or folder, for an interpreter of this machine; built, or kept
    /// from an earlier build.
    ///
    /// - Parameter folder: the folder of the lock, which its paths are relative to.
    func wheel(
        of selection: LockSelection, relativeTo folder: FilePath?, on interpreter: Interpreter
    ) async throws -> BuiltWheel

    /// Stands for what a folder holds at the moment, as far as what is installed depends on it: another digest means that
    /// an environment has to be made anew.
    func contentDigest(of directory: LockedDirectory, relativeTo folder: FilePath?) async throws -> SHA256Digest
}

/// A wheel in the cache that was built here.
public struct BuiltWheel: Sendable, Hashable {
    public var file: FilePath
    public var filename: WheelFilename
    public var sha256: SHA256Digest
    /// In bytes.
    public var size: Int64

    public init(file: FilePath, filename: WheelFilename, sha256: SHA256Digest, size: Int64) {
        self.file = file
        self.filename = filename
        self.sha256 = sha256
        self.size = size
    }
}
