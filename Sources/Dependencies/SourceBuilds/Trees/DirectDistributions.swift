import Archives
import Digests
import Environments
import Interpreters
import Lockfiles
import PackageSources
import PythonPackaging
import Resolution
import SystemPackage

extension SourceBuilder {
    func distribution(
        of reference: DirectReference, for name: PackageName?, on interpreter: Interpreter, asker: BuildKey?
    ) async throws(SourceBuildError) -> DirectDistribution {
        switch reference {
        case .archive(let archive): try await distribution(of: archive, name, interpreter, asker)
        case .repository(let repository): try await distribution(of: repository, name, interpreter, asker)
        case .directory(let directory): try await distribution(of: directory, name, interpreter, asker)
        }
    }

    private func distribution(
        of reference: DirectArchive, _ name: PackageName?, _ interpreter: Interpreter, _ asker: BuildKey?
    ) async throws(SourceBuildError) -> DirectDistribution {
        let locked = LockedFile(
            filename: ArchiveName.of(reference.url), url: reference.url, sha256: SHA256Digest(hashing: ""), uploadTime: nil)
        let what = name.map { "\($0) (\(locked.filename))" } ?? locked.filename
        let archive = try await self.archive(of: reference, what: what)
        var file = locked
        (file.sha256, file.size) = (archive.sha256, archive.size)
        let source = LockedSource.archive(LockedArchive(file: file, subdirectory: reference.subdirectory))
        if locked.filename.hasSuffix(".whl") {
            let metadata = try await wheelMetadata(archive, locked.filename, name, what)
            return DirectDistribution(metadata: metadata, source: source)
        }
        var tree = Source.archive(
            archive.path, filename: locked.filename, sha256: archive.sha256, subdirectory: reference.subdirectory,
            what: what)
        tree.name = name
        return DirectDistribution(
            metadata: try await metadata(of: tree, isEditable: false, on: interpreter, asker: asker), source: source)
    }

    private func wheelMetadata(
        _ archive: FetchedArchive, _ filename: String, _ name: PackageName?, _ what: String
    ) async throws(SourceBuildError) -> CoreMetadata {
        let parsed: WheelFilename
        do throws(FilenameError) {
            parsed = try WheelFilename(parsing: filename)
        } catch {
            throw .notAProject(what: what, reason: error.description, help: nil)
        }
        let metadata: CoreMetadata
        do throws(WheelFault) {
            metadata = try await BlockingWork.run { () throws(WheelFault) in
                try WheelCheck.metadata(of: archive.path, filename: parsed)
            }
        } catch {
            throw .archive(what: what, cause: EnvironmentError.refused(wheel: filename, error))
        }
        if let name, metadata.name != name {
            throw .otherProject(what: what, found: "\(metadata.name) \(metadata.version)")
        }
        return metadata
    }

    private func distribution(
        of reference: DirectRepository, _ name: PackageName?, _ interpreter: Interpreter, _ asker: BuildKey?
    ) async throws(SourceBuildError) -> DirectDistribution {
        let commit = try await commit(of: reference)
        let what = "\(name.map { "\($0) from " } ?? "")\(commit.repository.shown) (\(commit.id.prefix(12)))"
        var source = Source.commit(commit, subdirectory: reference.subdirectory, what: what)
        source.name = name
        let metadata = try await metadata(of: source, isEditable: false, on: interpreter, asker: asker)
        return DirectDistribution(
            metadata: metadata,
            source: .versionControl(
                LockedRepository(
                    type: "git", url: commit.repository.shown, requestedRevision: reference.revision, commitID: commit.id,
                    subdirectory: reference.subdirectory)),
            hasDynamicVersion: metadata.dynamic.contains("version"))
    }

    private func distribution(
        of reference: DirectDirectory, _ name: PackageName?, _ interpreter: Interpreter, _ asker: BuildKey?
    ) async throws(SourceBuildError) -> DirectDistribution {
        let path = FilePath(reference.path).lexicallyNormalized()
        let what = "\(name.map { "\($0) in " } ?? "")the folder \(path)"
        guard SourceTree.isFolder(path) else {
            throw .notAProject(what: what, reason: "there is no such folder", help: "check the path")
        }
        var source = try await folder(path, isEditable: reference.isEditable, what: what)
        source.name = name
        let metadata = try await metadata(of: source, isEditable: reference.isEditable, on: interpreter, asker: asker)
        return DirectDistribution(
            metadata: metadata,
            source: .directory(LockedDirectory(path: path.string, isEditable: reference.isEditable ? true : nil)),
            hasDynamicVersion: metadata.dynamic.contains("version"))
    }

    /// A folder as it is now.
    func folder(_ path: FilePath, isEditable: Bool, what: String) async throws(SourceBuildError) -> Source {
        let content = try await contentDigest(of: path, isEditable: isEditable, what: what)
        return Source.folder(path, content: content, what: what)
    }

    func contentDigest(
        of path: FilePath, isEditable: Bool, what: String
    ) async throws(SourceBuildError) -> SHA256Digest {
        try await BlockingWork.run { () throws(SourceBuildError) in
            isEditable ? ContentListing.digestOfProjectFiles(in: path) : try ContentListing.digest(of: path, what: what)
        }
    }
}

/// The name of the file that a URL leads to.
enum ArchiveName {
    /// The last part of the path, decoded; `archive` where there is none.
    static func of(_ url: String) -> String {
        let path = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        var rest = path.split(separator: UInt8(ascii: "/")).last ?? path[...]
        var decoded: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                decoded.append(value)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        let name = String(decoding: decoded, as: UTF8.self)
        let hasForbidden = decoded.contains { $0 == UInt8(ascii: "/") || $0 < 0x20 }
        let isPlain = !name.isEmpty && name != "." && name != ".." && !hasForbidden
        return isPlain && decoded.count <= 255 ? name : "archive"
    }
}
