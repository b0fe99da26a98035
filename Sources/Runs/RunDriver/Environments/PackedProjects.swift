import Archives
import Diagnostics
import Environments
import Interpreters
import Lockfiles
import PythonPackaging
import SourceBuilds
import SystemPackage

/// Makes a lock that holds on any machine of one whose packages lie in folders of this one: their wheels go into the code
/// package, and the lock names these.
struct PackedProjects: Sendable {
    let builder: SourceBuilder
    let interpreter: Interpreter
    /// What paths in the lock are relative to.
    let folder: FilePath
    let progress: ProgressSink

    /// Where wheels lie in a code package, seen from its locks.
    static let wheelFolder = "../wheels"

    /// The lock, and the wheels that it names. What cannot be built is told and left as it is: a run on this machine does not
    /// need it.
    func packed(_ lock: PyLock) async throws -> (lock: PyLock, wheels: [FilePath]) {
        var lock = lock
        var wheels: [FilePath] = []
        for position in lock.packages.indices {
            guard let found = try await wheel(of: lock.packages[position]) else { continue }
            lock.packages[position].version = found.filename.version
            lock.packages[position].source = .archive(
                LockedArchive(
                    file: LockedFile(
                        filename: found.filename.description, url: nil, path: "\(Self.wheelFolder)/\(found.filename)",
                        sha256: found.sha256, size: found.size, uploadTime: nil)))
            wheels.append(found.file)
        }
        return (lock, wheels)
    }

    private func wheel(of package: LockedPackage) async throws -> BuiltWheel? {
        switch package.source {
        case .directory(let directory):
            let plain = LockedDirectory(path: directory.path, isEditable: false, subdirectory: directory.subdirectory)
            do {
                return try await builder.wheel(
                    of: LockSelection(package: package, choice: .directory(plain)), relativeTo: folder, on: interpreter)
            } catch {
                if Task.isCancelled { throw error }
                let reason = (error as? any DiagnosticError)?.diagnostic.headline ?? "\(error)"
                progress(.warning("the code package goes without \(package.name), of which no wheel could be built: \(reason)"))
                return nil
            }
        case .archive(let archive):
            guard let path = LocalFile.path(of: archive.file, relativeTo: folder) else { return nil }
            guard let filename = try? WheelFilename(parsing: archive.file.filename) else { return nil }
            return BuiltWheel(file: path, filename: filename, sha256: archive.file.sha256, size: archive.file.size ?? 0)
        case .distributions, .versionControl: return nil
        }
    }
}
