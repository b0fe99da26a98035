import Archives
public import Digests
public import Environments
public import Interpreters
public import Lockfiles
import PackageSources
import PythonPackaging
public import SystemPackage

extension SourceBuilder: WheelBuilding {
    public func wheel(
        of selection: LockSelection, relativeTo folder: FilePath?, on interpreter: Interpreter
    ) async throws -> BuiltWheel {
        try await LockedSourceBuilder(builder: self, asker: nil).wheel(of: selection, relativeTo: folder, on: interpreter)
    }

    public func contentDigest(
        of directory: LockedDirectory, relativeTo folder: FilePath?
    ) async throws -> SHA256Digest {
        let path = LocalFile.path(directory.path, relativeTo: folder)
        let project = try await BlockingWork.run { () throws(SourceBuildError) in
            try SourceTree.project(in: path, subdirectory: directory.subdirectory, what: "the folder \(path)")
        }
        let content = try await contentDigest(
            of: project, isEditable: directory.isEditable ?? false, what: "the folder \(path)")
        // Two folders that hold the same are two projects: an environment points to one of them.
        return SHA256Digest(hashing: "\(project)\n\(content)")
    }
}

/// Builds locked sources, on behalf of another build perhaps.
struct LockedSourceBuilder: WheelBuilding {
    let builder: SourceBuilder
    let asker: BuildKey?

    func contentDigest(of directory: LockedDirectory, relativeTo folder: FilePath?) async throws -> SHA256Digest {
        try await builder.contentDigest(of: directory, relativeTo: folder)
    }

    func wheel(
        of selection: LockSelection, relativeTo folder: FilePath?, on interpreter: Interpreter
    ) async throws -> BuiltWheel {
        let (source, isEditable) = try await source(of: selection, relativeTo: folder)
        return try await builder.wheel(of: source, isEditable: isEditable, on: interpreter, asker: asker)
    }

    private func source(
        of selection: LockSelection, relativeTo folder: FilePath?
    ) async throws(SourceBuildError) -> (Source, isEditable: Bool) {
        let package = selection.package
        var source: Source
        var isEditable = false
        switch selection.choice {
        case .wheel(let file, _), .sdist(let file):
            source = try await archive(file, subdirectory: nil, what: "\(package)", folder)
        case .archive(let archive):
            source = try await self.archive(archive.file, subdirectory: archive.subdirectory, what: "\(package)", folder)
        case .repository(let locked):
            let repository = try repository(locked, folder)
            guard locked.type == "git" else { throw repository.failure(.unsupported(locked.type)) }
            guard GitRevision(locked.commitID)?.isFullCommit == true else {
                throw repository.failure(.malformedRevision(locked.commitID))
            }
            source = .commit(
                GitCommit(repository: repository, id: locked.commitID.lowercased(), requested: locked.requestedRevision),
                subdirectory: locked.subdirectory, what: "\(package)")
        case .directory(let directory):
            let path = LocalFile.path(directory.path, relativeTo: folder)
            let what = "\(package) in the folder \(path)"
            isEditable = directory.isEditable ?? false
            let project = try await BlockingWork.run { () throws(SourceBuildError) in
                try SourceTree.project(in: path, subdirectory: directory.subdirectory, what: what)
            }
            guard SourceTree.isFolder(project) else {
                throw .notAProject(what: what, reason: "there is no such folder", help: "check the path in the lock")
            }
            source = try await builder.folder(project, isEditable: isEditable, what: what)
        }
        (source.name, source.version) = (package.name, package.version)
        return (source, isEditable)
    }

    private func archive(
        _ file: LockedFile, subdirectory: String?, what: String, _ folder: FilePath?
    ) async throws(SourceBuildError) -> Source {
        let url = file.path.map { LocalFile.url(LocalFile.path($0, relativeTo: folder)) } ?? file.url ?? ""
        let fetched = try await builder.fetch(
            url, hashes: ["sha256": file.sha256.hex], size: file.size, what: what)
        return .archive(
            fetched.path, filename: file.filename, sha256: fetched.sha256, subdirectory: subdirectory, what: what)
    }

    private func repository(_ locked: LockedRepository, _ folder: FilePath?) throws(SourceBuildError) -> GitRepository {
        if let url = locked.url { return try GitRepository(url) }
        return try GitRepository(LocalFile.url(LocalFile.path(locked.path ?? "", relativeTo: folder)))
    }
}
