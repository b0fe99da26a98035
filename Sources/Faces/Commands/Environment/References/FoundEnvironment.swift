import Digests
import Environments
import Lockfiles
import SystemPackage

/// What a person means by the name of an environment.
enum FoundEnvironment: Sendable {
    /// It lies in the cache.
    case stored(StoredEnvironment)
    /// It lies at a place of the person's choice.
    case place(FilePath, EnvironmentOrigin?)
    /// A lock, which may not have been built here.
    case locked(LockedEnvironment)

    /// What it was made from, if that was recorded.
    var origin: EnvironmentOrigin? {
        switch self {
        case .stored(let stored): stored.origin
        case .place(_, let origin): origin
        case .locked: nil
        }
    }

    /// Its lock; `nil` where none was recorded.
    var lock: PyLock? {
        get throws {
            if case .locked(let locked) = self { return locked.lock }
            return try origin?.parsedLock()
        }
    }
}

/// A lock, and what else has to be known to build it.
struct LockedEnvironment: Sendable {
    /// For messages: `the name 'ds'`, `pylock.toml`, `the step TrainFlow/12/train`.
    var words: String
    var lock: PyLock
    /// Where paths in the lock begin.
    var folder: FilePath
    /// The Python that it was used with, if that is known.
    var python: String?
    /// What it was addressed by where it was used, if that is known.
    var digest: SHA256Digest?
    /// The records of the run that used it: their datastore may have its packages.
    var records: RunRecords?
}
