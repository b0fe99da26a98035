import Archives
import Digests
import Environments
import Lockfiles
import PackageSources
import PythonPackaging
import SystemPackage

/// A file that a lock names.
struct WantedArchive: Sendable {
    var name: String
    var sha256: SHA256Digest
    var size: Int64?
    var url: String
    var path: FilePath?

    init(_ order: WheelOrder) {
        (name, sha256, size, url, path) = (order.filename.description, order.sha256, order.size, order.url, order.file)
    }

    init(_ file: LockedFile, _ folder: FilePath) {
        (name, sha256, size, url) = (file.filename, file.sha256, file.size, file.url ?? "")
        path = LocalFile.path(of: file, relativeTo: folder)
    }

    /// Where it is on this machine; fetched if it is nowhere.
    func file(
        in cache: CacheDirectory, _ openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws -> FilePath {
        if let path { return path }
        let kept = await BlockingWork.run { cache.archive(sha256, named: CacheDirectory.archiveName(of: url)) }
        if let kept { return kept.path }
        return try await openClient().fetchArchive(url, hashes: ["sha256": sha256.hex]).path
    }
}

/// What the other targets of a lock are installed from: wheels, and the sources of what has to be built there.
struct LockedFiles {
    private(set) var files: [WantedArchive] = []

    /// - Parameters:
    ///   - target: that of this machine.
    ///   - folder: the folder that paths in the lock are relative to.
    init(_ lock: PyLock, besides target: PythonTarget, in folder: FilePath) throws {
        var seen: Set<SHA256Digest> = []
        for named in lock.origin?.targets ?? [] where LockTarget(target) != named {
            let other = try PythonTarget(platform: named.platform, python: named.python)
            for selection in try lock.selection(for: other, file: "pylock.toml") {
                guard let file = selection.file, seen.insert(file.sha256).inserted else { continue }
                files.append(WantedArchive(file, folder))
            }
        }
    }
}

extension LockSelection {
    /// The file that the lock names; `nil` for repositories and folders.
    fileprivate var file: LockedFile? {
        switch choice {
        case .wheel(let file, _): file
        case .sdist(let file): file
        case .archive(let archive): archive.file
        case .repository, .directory: nil
        }
    }
}
