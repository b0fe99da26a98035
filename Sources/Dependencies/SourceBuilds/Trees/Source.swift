import Digests
import Lockfiles
import PythonPackaging
import SystemPackage

/// Something that metadata or a wheel is wanted of, fetched and pinned.
struct Source: Sendable {
    enum Origin: Sendable {
        /// An archive on this machine; its digest is that of `digest`'s making.
        case archive(FilePath, filename: String)
        /// A commit that is in the mirror of its repository.
        case commit(GitCommit)
        /// A folder, in which builds take place.
        case folder(FilePath)
    }

    /// What messages call it: `six 1.16.0`.
    var what: String
    var origin: Origin
    /// The folder of the project within it.
    var subdirectory: String?
    /// Stands for the content: equal digests, equal sources.
    var digest: SHA256Digest
    /// What it has to be, where that was said.
    var name: PackageName?
    var version: Version?

    /// What may be built once at a time: everything, but only one build in a folder.
    var lockName: String {
        if case .folder(let path) = origin { "build in \(path)" } else { "build of \(digest)" }
    }

    /// Throws unless metadata is that of the project and version that the source was said to be.
    func check(_ metadata: CoreMetadata) throws(SourceBuildError) {
        let isNamed = name.map { $0 == metadata.name } ?? true
        let isVersion = version.map { $0 == metadata.version } ?? true
        guard isNamed, isVersion else {
            throw .otherProject(what: what, found: "\(metadata.name) \(metadata.version)")
        }
    }
}

extension Source {
    /// An archive whose content has this SHA-256.
    static func archive(
        _ file: FilePath, filename: String, sha256: SHA256Digest, subdirectory: String? = nil, what: String
    ) -> Source {
        Source(
            what: what, origin: .archive(file, filename: filename), subdirectory: subdirectory,
            digest: SHA256Digest(hashing: "archive\n\(sha256)\n\(subdirectory ?? "")"))
    }

    static func commit(_ commit: GitCommit, subdirectory: String?, what: String) -> Source {
        Source(
            what: what, origin: .commit(commit), subdirectory: subdirectory,
            digest: SHA256Digest(hashing: "commit\n\(commit.repository.identity)\n\(commit.id)\n\(subdirectory ?? "")"))
    }

    /// - Parameter content: stands for what the folder holds.
    static func folder(_ path: FilePath, content: SHA256Digest, what: String) -> Source {
        Source(
            what: what, origin: .folder(path), digest: SHA256Digest(hashing: "folder\n\(path)\n\(content)"))
    }
}
