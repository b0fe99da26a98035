import Digests
import FoundationEssentials
import Lockfiles
import PackageSources
import SystemPackage

/// The locks of a project's environments, by what was asked for.
struct LockShelf: Sendable {
    private let folder: FilePath

    init(folder: FilePath) {
        self.folder = folder
    }

    /// The lock that was kept; `nil` if there is none.
    func read(_ key: SHA256Digest) throws -> PyLock? {
        let path = self.path(key)
        guard let data = FileManager.default.contents(atPath: path.string) else { return nil }
        return try PyLock(parsing: String(decoding: data, as: UTF8.self), file: path.string)
    }

    /// Keeps a lock; it appears whole or not at all.
    func keep(_ lock: PyLock, as key: SHA256Digest) throws -> PyLock {
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        try Data(lock.text.utf8).write(to: URL(filePath: path(key).string), options: .atomic)
        return lock
    }

    /// Forgets a lock that turned out to be of no use.
    func drop(_ key: SHA256Digest) {
        try? FileManager.default.removeItem(atPath: path(key).string)
    }

    private func path(_ key: SHA256Digest) -> FilePath {
        folder.appending("\(key.hex).toml")
    }
}
