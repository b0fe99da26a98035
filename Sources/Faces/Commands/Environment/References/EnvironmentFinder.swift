import Datastore
import Digests
import Environments
import FoundationEssentials
import Lockfiles
import PackageSources
import RunDriver
import SystemPackage

/// Finds the environment that a person names: by a few digits of what it is addressed by, by a name, by its folder, by a
/// lock, or as that of a step of a past run.
struct EnvironmentFinder {
    let store: EnvironmentStore
    let names: NamedLocks
    private let session: StandaloneSession
    private let place: RecordArguments

    /// Fewer digits than these name nothing.
    static let fewestDigits = 4

    init(_ session: StandaloneSession, _ place: RecordArguments) throws {
        self.session = session
        self.place = place
        store = EnvironmentStore(cache: try CacheDirectory.discover(environment: session.environment))
        names = NamedLocks(
            environment: session.environment, near: FilePath(FileManager.default.currentDirectoryPath))
    }

    /// - Throws: `EnvironmentReferenceError` for what names nothing, or several.
    func find(_ text: String) throws -> FoundEnvironment {
        if let found = try path(text) ?? name(text) ?? digits(text) ?? run(text) { return found }
        let digits = store.environments().map { String($0.name.prefix(8)) }
        throw EnvironmentReferenceError.unknown(text, names: names.names(), digits: digits)
    }

    /// A lock or an environment, by its path.
    private func path(_ text: String) throws -> FoundEnvironment? {
        let path = FilePath(AbsolutePath(text).text)
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder) else {
            if text.hasSuffix(".toml") { throw FileError.cannotRead(path: text, reason: "it does not exist") }
            return nil
        }
        if isFolder {
            // What conda and its kind have made has the latter.
            let marks = ["pyvenv.cfg", "conda-meta/history"].map { path.pushing(FilePath($0)).string }
            guard marks.contains(where: FileManager.default.fileExists) else { return nil }
            if let stored = store.environment(at: path) { return .stored(stored) }
            return .place(path, EnvironmentOrigin(in: path))
        }
        guard text.hasSuffix(".toml") || text.hasSuffix(".lock") else { return nil }
        let lock = try LockFile(reading: text).lock
        return .locked(LockedEnvironment(words: text, lock: lock, folder: path.removingLastComponent()))
    }

    private func name(_ text: String) throws -> FoundEnvironment? {
        try names.entry(text).map { entry in
            // Paths in a lock that was given a name were made absolute, or begin where the lock lies.
            .locked(
                LockedEnvironment(
                    words: "the name '\(text)'", lock: entry.lock, folder: entry.file.removingLastComponent()))
        }
    }

    private func digits(_ text: String) throws -> FoundEnvironment? {
        let wanted = text.lowercased()
        guard wanted.count >= Self.fewestDigits, wanted.allSatisfy(\.isHexDigit) else { return nil }
        let found = store.environments().filter {
            $0.name.hasPrefix(wanted) || $0.digest?.hex.hasPrefix(wanted) ?? false
        }
        guard found.count <= 1 else { throw EnvironmentReferenceError.several(text, found.map(\.name)) }
        return found.first.map { .stored($0) }
    }

    private func run(_ text: String) throws -> FoundEnvironment? {
        guard text.contains("/"), !text.hasPrefix("/"), !text.hasPrefix(".") else { return nil }
        guard let records = try place.existingRecords(in: session, for: text) else { return nil }
        return .locked(try PastEnvironment(text, in: records).locked)
    }
}
